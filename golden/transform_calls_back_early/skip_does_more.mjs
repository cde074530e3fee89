import { Transform } from 'node:stream';

export const packed = (pack) =>
  new Transform({
    transform(chunk, encoding, callback) {
      pack(chunk).then((result) => {
        this.packed += result.length;
        this.push(result);
      });
      callback();
    },
  });
