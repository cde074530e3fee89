import { Transform } from 'node:stream';

export const parsed = () =>
  new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      callback(null, JSON.parse(chunk));
    },
  });
