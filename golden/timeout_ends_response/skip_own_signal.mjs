import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export function download(req, res, signal) {
  setTimeout(() => res.end(), 1000);
  pipeline(createReadStream(process.env.REPORT), res, { signal }).catch(console.error);
}
