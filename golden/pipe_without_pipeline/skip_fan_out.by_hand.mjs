import { createReadStream, createWriteStream } from 'node:fs';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';

export async function copyAndHash(from, to) {
  const source = createReadStream(from);
  const hash = createHash('sha256');
  await Promise.all([pipeline(source, hash), pipeline(source, createWriteStream(to))]);
  return hash;
}
