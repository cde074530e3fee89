import { createReadStream } from 'node:fs';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

// Of streams alone the pipeline has settled when the response closes.
export async function download(req, res) {
  const ac = new AbortController();
  res.on('close', () => ac.abort());
  await pipeline(createReadStream(process.env.REPORT), createGzip(), res, { signal: ac.signal });
}
