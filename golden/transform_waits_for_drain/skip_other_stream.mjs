import { Transform } from 'node:stream';

export const teed = (side) =>
  new Transform({
    transform(chunk, encoding, callback) {
      this.push(chunk);
      if (side.write(chunk)) callback();
      else side.once('drain', callback);
    },
  });
