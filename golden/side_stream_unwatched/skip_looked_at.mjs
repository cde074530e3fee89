import fs from 'node:fs';
import { Transform } from 'node:stream';

export function teed(file) {
  const side = fs.createWriteStream(file);
  return new Transform({
    transform(chunk, encoding, callback) {
      if (side.write(chunk)) callback(null, chunk);
      else side.once('drain', () => callback(null, chunk));
    },
  });
}
