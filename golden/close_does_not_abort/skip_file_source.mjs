import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

// The next chunk of a file comes soon, and with it the end.
export async function download(req, res) {
  await pipeline(createReadStream(process.env.REPORT), upper, res).catch(console.error);
}
