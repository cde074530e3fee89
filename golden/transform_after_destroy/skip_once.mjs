import { Transform } from 'node:stream';

export const fetched = (work) =>
  new Transform({
    async transform(chunk, encoding, callback) {
      this.push(await work(chunk));
      callback();
    },
  });
