import { PassThrough } from 'node:stream';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

// A stream right before the response is destroyed with it, and the others with that.
export async function packed(req, res) {
  const feed = new PassThrough();
  await pipeline(feed, upper, createGzip(), res).catch(console.error);
}
