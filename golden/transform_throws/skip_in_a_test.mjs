import { Writable } from 'node:stream';

export const lines = [];

export const log = new Writable({
  write(chunk, encoding, callback) {
    lines.push(JSON.parse(chunk));
    callback();
  },
});
