import { Transform } from 'node:stream';

export const fetched = (work) =>
  new Transform({
    async transform(chunk, encoding, callback) {
      for (const word of String(chunk).split(' ')) {
        const result = await work(word);
        if (this.destroyed) break;
        this.push(result);
      }
      callback();
    },
  });
