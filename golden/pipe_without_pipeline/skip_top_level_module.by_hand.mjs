import { createReadStream, createWriteStream } from 'node:fs';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

pipeline(createReadStream(process.env.FROM), createGzip(), createWriteStream(process.env.TO));

export const started = true;
