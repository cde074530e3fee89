import { Transform } from 'node:stream';

export const packed = (pack) =>
  new Transform({
    transform(chunk, encoding, callback) {
      if (chunk.length < 100) {
        this.push(chunk);
        callback();
        return;
      }
      pack(chunk).then((result) => callback(null, result), callback);
    },
  });
