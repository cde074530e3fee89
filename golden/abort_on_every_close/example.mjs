import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

export async function download(req, res) {
  const ac = new AbortController();
  res.on('close', () => ac.abort());
  await pipeline(createReadStream(process.env.REPORT), upper, res, { signal: ac.signal });
}
