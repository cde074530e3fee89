import { createReadStream } from 'node:fs';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  try {
    await pipeline(createReadStream(process.env.REPORT), createGzip(), res);
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    console.error(err);
  }
}
