import { Writable } from 'node:stream';

// The stage goes on by itself; what fails later is no matter of its callback.
export const noted = (note) =>
  new Writable({
    async write(chunk, encoding, callback) {
      callback();
      await note(chunk);
    },
  });
