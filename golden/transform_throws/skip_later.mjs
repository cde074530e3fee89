import { Transform } from 'node:stream';

// What a callback throws is another matter.
export const parsed = (load) =>
  new Transform({
    objectMode: true,
    transform(name, encoding, callback) {
      load(name, (err, text) => {
        callback(err, err ? undefined : JSON.parse(text));
      });
    },
  });
