import { Transform } from 'node:stream';

// What it throws rejects the pipeline there.
export const parsed = () =>
  new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      callback(null, JSON.parse(chunk));
    },
  });
