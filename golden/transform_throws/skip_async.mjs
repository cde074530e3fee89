import { Transform } from 'node:stream';

export const parsed = (store) =>
  new Transform({
    readableObjectMode: true,
    async transform(chunk, encoding, callback) {
      const value = JSON.parse(chunk);
      await store(value).catch(() => {});
      callback(null, value);
    },
  });
