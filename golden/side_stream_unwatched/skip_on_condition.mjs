import fs from 'node:fs';
import { Transform } from 'node:stream';

export function teed(file, wanted) {
  const side = fs.createWriteStream(file);
  return new Transform({
    transform(chunk, encoding, callback) {
      if (wanted(chunk)) side.write(chunk);
      callback(null, chunk);
    },
  });
}
