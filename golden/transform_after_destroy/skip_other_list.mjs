import { Transform } from 'node:stream';

export const collected = (work) =>
  new Transform({
    async transform(chunk, encoding, callback) {
      const results = [];
      for (const word of String(chunk).split(' ')) results.push(await work(word));
      callback(null, results.join(' '));
    },
  });
