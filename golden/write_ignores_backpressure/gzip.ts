import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export async function dump(cursor: AsyncIterable<Buffer>, path: string): Promise<void> {
  const gzip = createGzip();
  const done = pipeline(gzip, createWriteStream(path));
  for await (const row of cursor) {
    gzip.write(row);
  }
  gzip.end();
  await done;
}
