import { createReadStream, createWriteStream } from 'node:fs';

export function tee(from, to) {
  const source = createReadStream(from);
  // Not pipeline: it would destroy the source, which is read again below.
  source.pipe(createWriteStream(to));
  return source;
}
