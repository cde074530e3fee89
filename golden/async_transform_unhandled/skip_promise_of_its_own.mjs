import { Transform } from 'node:stream';

export const stored = (store) =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      (async () => {
        const id = await store(row);
        callback(null, id);
      })();
    },
  });

// This one tells the stage.
export const heard = (store) =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      (async () => {
        try {
          await store(row);
        } catch (err) {
          return callback(err);
        }
        callback();
      })();
    },
  });
