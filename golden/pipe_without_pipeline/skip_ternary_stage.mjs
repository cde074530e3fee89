import { createReadStream, createWriteStream } from 'node:fs';
import { createGzip, createDeflate } from 'node:zlib';

export function compress(from, to, gzip) {
  createReadStream(from).pipe(gzip ? createGzip() : createDeflate()).pipe(createWriteStream(to));
}
