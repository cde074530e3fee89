import { createReadStream, createWriteStream } from 'node:fs';

export function preview(from, to, limit) {
  const source = createReadStream(from);
  const target = createWriteStream(to);
  source.pipe(target);
  source.on('data', () => {
    if (target.bytesWritten > limit) source.unpipe(target);
  });
}
