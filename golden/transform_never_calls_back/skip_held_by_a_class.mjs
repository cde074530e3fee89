import { Transform } from 'node:stream';

export const packed = (run) =>
  new Transform({
    transform(chunk, encoding, callback) {
      class Job {
        done(result) {
          callback(null, result);
        }
      }
      if (chunk.length === 0) {
        run(Job);
        return;
      }
      callback(null, chunk);
    },
  });
