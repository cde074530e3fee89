import { Transform } from 'node:stream';

export const lines = () =>
  new Transform({
    async transform(chunk, encoding, callback) {
      for (const line of String(chunk).split('\n')) this.push(line);
      callback();
    },
  });
