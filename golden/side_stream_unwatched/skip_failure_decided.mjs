import fs from 'node:fs';
import { Transform } from 'node:stream';

// Whoever copies goes on without the copy.
export function teed(file, log) {
  const side = fs.createWriteStream(file);
  side.on('error', (err) => log.warn(err));
  return new Transform({
    transform(chunk, encoding, callback) {
      side.write(chunk);
      callback(null, chunk);
    },
  });
}

export function copied(file, log) {
  const side = fs.createWriteStream(file).once('error', log);
  return new Transform({
    transform(chunk, encoding, callback) {
      side.write(chunk);
      callback(null, chunk);
    },
  });
}
