import { Transform } from 'node:stream';

export const stored = (store) =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      store(row)
        .then((id) => callback(null, id))
        .catch((err) => console.error('not stored', err));
    },
  });

export const indexed = (index) =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      index(row).then((id) => callback(null, id), console.error);
    },
  });
