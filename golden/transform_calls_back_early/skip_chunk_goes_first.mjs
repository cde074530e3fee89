import { Transform } from 'node:stream';

export const signed = (sign) =>
  new Transform({
    transform(chunk, encoding, callback) {
      sign(chunk).then((mark) => this.push(mark));
      callback(null, chunk);
    },
  });
