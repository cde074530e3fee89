import { Transform } from 'node:stream';

export const stored = (store) =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      store(row)
        .then((id) => callback(null, id))
        .catch(callback);
    },
    flush(callback) {
      return store().then(() => callback());
    },
  });

export const other = (store) =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      store(row).then((id) => callback(null, id), (err) => callback(err));
    },
  });
