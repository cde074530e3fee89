import { Transform } from 'node:stream';

export const counted = (count, sizes) =>
  new Transform({
    transform(chunk, encoding, callback) {
      count(chunk).then((size) => sizes.push(size));
      callback(null, chunk);
    },
  });
