import { Transform } from 'node:stream';

export const late = () =>
  new Transform({
    transform(chunk, encoding, callback) {
      setTimeout(() => this.push(chunk), 100);
      callback();
    },
  });
