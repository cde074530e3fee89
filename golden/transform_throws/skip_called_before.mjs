import { Writable } from 'node:stream';

export const seen = (entries) =>
  new Writable({
    write(chunk, encoding, callback) {
      callback();
      entries.add(JSON.parse(chunk));
    },
  });
