import { createReadStream } from 'node:fs';
import { createGzip } from 'node:zlib';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export async function pack(path: string, to: Writable): Promise<boolean> {
  const source = createReadStream(path);
  const gzip = createGzip();
  try { // the caller may have closed it
    await pipeline(source, gzip, to);
    return true;
  } catch { // told by the caller's own listener
    return false;
  }
}
