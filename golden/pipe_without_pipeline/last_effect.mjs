import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

export async function compress(from, to) {
  fs.createReadStream(from).pipe(zlib.createGzip()).pipe(fs.createWriteStream(to));
}
