import { Transform } from 'node:stream';

export const stored = (store) =>
  new Transform({
    objectMode: true,
    transform: async (row, encoding, callback) => {
      if (!row) return callback();
      callback(null, await store(row));
    },
  });
