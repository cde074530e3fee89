import { Transform } from 'node:stream';

export const stored = (store) =>
  new Transform({
    objectMode: true,
    async transform(row, encoding, callback) {
      const id = await store(row);
      callback(null, id);
    },
  });
