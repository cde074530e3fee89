import { Transform } from 'node:stream';

export const fetched = (work) =>
  new Transform({
    readableObjectMode: true,
    async transform(chunk, encoding, callback) {
      try {
        for (const word of String(chunk).split(' ')) {
          const result = await work(word);
          if (this.destroyed) return callback();
          this.push(result);
        }
      } catch (err) {
        return callback(err);
      }
      callback();
    },
  });
