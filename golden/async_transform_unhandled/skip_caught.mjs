import { Transform } from 'node:stream';

export const stored = (store) =>
  new Transform({
    objectMode: true,
    async transform(row, encoding, callback) {
      let id;
      try {
        id = await store(row);
      } catch (err) {
        return callback(err);
      }
      callback(null, id);
    },
  });
