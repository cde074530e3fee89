import fs from 'node:fs';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';

export async function pack(from, parts) {
  const gzip = createGzip();
  fs.createReadStream(from).pipe(gzip);
  parts.push(gzip);
  await once(gzip, 'finish');
}
