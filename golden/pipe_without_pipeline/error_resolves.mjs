import fs from 'node:fs';
import { createGzip } from 'node:zlib';

export const pack = (from, to) => new Promise((resolve) => {
  const gzip = createGzip();
  const target = fs.createWriteStream(to);
  fs.createReadStream(from)
    .pipe(gzip)
    .on('error', () => resolve(false))
    .pipe(target)
    .on('error', () => resolve(false))
    .on('close', () => resolve(true));
  console.log(`packing ${from}`);
});
