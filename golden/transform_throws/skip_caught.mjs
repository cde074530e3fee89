import { Transform } from 'node:stream';

export const parsed = () =>
  new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      let value;
      try {
        value = JSON.parse(chunk);
      } catch (err) {
        return callback(err);
      }
      callback(null, value);
    },
  });
