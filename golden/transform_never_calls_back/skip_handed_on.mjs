import { Transform } from 'node:stream';

// Whoever is given the callback may call it; nothing shows that they do not.
export const packed = (pack) =>
  new Transform({
    transform(chunk, encoding, callback) {
      if (chunk.length === 0) {
        setImmediate(callback);
        return;
      }
      if (chunk.length === 1) {
        pack(chunk, (err, result) => callback(err, result));
        return;
      }
      const done = (result) => callback(null, result);
      if (chunk.length === 2) {
        pack(chunk, done);
        return;
      }
      pack(chunk).then(done, callback);
    },
  });
