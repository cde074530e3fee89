import { Writable } from 'node:stream';

export const saved = (save) =>
  new Writable({
    async write(chunk, encoding, callback) {
      await save(chunk);
      callback();
    },
  });
