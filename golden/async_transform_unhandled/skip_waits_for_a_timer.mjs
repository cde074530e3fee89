import { Transform } from 'node:stream';

export const slow = () =>
  new Transform({
    async transform(chunk, encoding, callback) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      callback(null, chunk);
    },
  });
