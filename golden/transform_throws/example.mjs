import { Transform } from 'node:stream';

export const parsed = () =>
  new Transform({
    readableObjectMode: true,
    transform(line, encoding, callback) {
      callback(null, JSON.parse(line));
    },
  });
