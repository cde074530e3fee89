import { Transform } from 'node:stream';

export const found = (find) =>
  new Transform({
    objectMode: true,
    async transform(row, encoding, callback) {
      const other = await find(row.id);
      if (!other) return;
      callback(null, other);
    },
  });
