import { createReadStream, createWriteStream } from 'node:fs';
import { createGzip } from 'node:zlib';

createReadStream(process.env.FROM).pipe(createGzip()).pipe(createWriteStream(process.env.TO));

export const started = true;
