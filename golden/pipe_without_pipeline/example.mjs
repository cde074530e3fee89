import fs from 'node:fs';
import zlib from 'node:zlib';

export function compress(from, to) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(from);
    const target = fs.createWriteStream(to);
    source.on('error', reject);
    source.pipe(zlib.createGzip()).pipe(target).on('finish', resolve).on('error', reject);
  });
}
