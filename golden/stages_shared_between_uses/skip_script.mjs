import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const gzip = createGzip();

async function main() {
  await pipeline(createReadStream('a'), gzip, createWriteStream('a.gz'));
}

await main();
