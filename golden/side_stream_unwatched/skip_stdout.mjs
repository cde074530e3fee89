import { Transform } from 'node:stream';

export const shown = () =>
  new Transform({
    transform(chunk, encoding, callback) {
      process.stdout.write(chunk);
      callback(null, chunk);
    },
  });
