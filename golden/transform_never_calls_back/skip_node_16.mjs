import { Transform } from 'node:stream';

export const filled = () =>
  new Transform({
    transform(chunk, encoding, callback) {
      if (chunk.length === 0) return;
      callback(null, chunk);
    },
  });
