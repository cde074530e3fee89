import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function download(req, res, log) {
  const timer = setTimeout(() => res.end(), 1000);
  try {
    await pipeline(createReadStream(process.env.REPORT), res);
    log(res.bytesWritten);
  } catch (err) {
    console.error(err);
  }
  clearTimeout(timer);
}
