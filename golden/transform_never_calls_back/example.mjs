import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export async function copyFilled(from, to) {
  const filled = new Transform({
    transform(chunk, encoding, callback) {
      if (chunk.every((byte) => byte === 0)) {
        this.skipped = true;
        return;
      }
      callback(null, chunk);
    },
  });
  await pipeline(createReadStream(from), filled, createWriteStream(to));
}
