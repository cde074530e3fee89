import { Transform } from 'node:stream';

export const words = () =>
  new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      String(chunk)
        .split(' ')
        .forEach((word) => this.push(word));
      callback();
    },
  });
