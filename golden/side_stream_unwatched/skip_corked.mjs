import fs from 'node:fs';
import { Transform } from 'node:stream';

// A corked stream calls no write back before it is uncorked.
export function teed(file) {
  const side = fs.createWriteStream(file);
  side.cork();
  return new Transform({
    transform(chunk, encoding, callback) {
      side.write(chunk);
      callback(null, chunk);
    },
    flush(callback) {
      side.uncork();
      side.end(callback);
    },
  });
}
