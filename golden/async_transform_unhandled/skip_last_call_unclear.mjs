import { Transform } from 'node:stream';

export const found = (find) =>
  new Transform({
    objectMode: true,
    async transform(row, encoding, callback) {
      const { first, rest } = await find(row.id);
      callback(null, [first, ...rest]);
    },
    async flush(callback) {
      const last = await find();
      if (last) callback(null, last);
      else callback();
    },
  });
