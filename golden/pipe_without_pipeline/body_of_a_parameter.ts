import type { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

export function upload(archive: Readable, url: string): Promise<Response> {
  return fetch(url, { method: 'PUT', body: archive.pipe(createGzip()) as never, duplex: 'half' } as never);
}
