import { readFile } from 'node:fs';
import { Transform } from 'node:stream';

export const contents = () =>
  new Transform({
    objectMode: true,
    transform(name, encoding, callback) {
      if (!name) return callback();
      readFile(name, (err, bytes) => {
        if (err) return;
        callback(null, bytes);
      });
    },
  });

export const filled = (load) =>
  new Transform({
    objectMode: true,
    transform(name, encoding, callback) {
      load(name).then((row) => {
        if (row.filled) callback(null, row);
      }, callback);
    },
    flush(callback) {
      setImmediate(() => {
        if (this.rest) {
          callback(null, this.rest);
        }
      });
    },
  });
