import fs from 'node:fs';
import { Transform } from 'node:stream';

export function teed(one, other) {
  const first = fs.createWriteStream(one);
  const second = fs.createWriteStream(other);
  return new Transform({
    transform(chunk, encoding, callback) {
      first.write(chunk);
      second.write(chunk);
      callback(null, chunk);
    },
  });
}
