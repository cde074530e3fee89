import fs from 'node:fs';
import { Transform } from 'node:stream';

export function counted(file, count) {
  const side = fs.createWriteStream(file);
  return new Transform({
    transform(chunk, encoding, callback) {
      side.write(chunk);
      count(chunk.length);
      callback(null, chunk);
    },
  });
}
