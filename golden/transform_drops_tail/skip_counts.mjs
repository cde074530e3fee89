import { Transform } from 'node:stream';

export const counted = (told) => {
  let size = 0;
  return new Transform({
    transform(chunk, encoding, callback) {
      size += chunk.length;
      told(size);
      callback(null, chunk);
    },
  });
};
