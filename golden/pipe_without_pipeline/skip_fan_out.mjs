import { createReadStream, createWriteStream } from 'node:fs';
import { createHash } from 'node:crypto';

export function copyAndHash(from, to) {
  const source = createReadStream(from);
  const hash = createHash('sha256');
  source.pipe(hash);
  source.pipe(createWriteStream(to));
  return hash;
}
