import { Transform } from 'node:stream';

export const names = () =>
  new Transform({
    objectMode: true,
    transform: (line, encoding, callback) => {
      const { first, last } = JSON.parse(line);
      callback(null, `${first} ${last}`);
    },
  });
