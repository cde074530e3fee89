import fs from 'node:fs';
import { createGzip } from 'node:zlib';
import { finished } from 'node:stream/promises';

export async function pack(from, to) {
  const out = fs.createWriteStream(to);
  fs.createReadStream(from).pipe(createGzip()).pipe(out);
  // The size is known once all is written.
  await finished(out);
  return (await fs.promises.stat(to)).size;
}
