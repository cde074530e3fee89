import { createReadStream } from 'node:fs';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  const report = createReadStream(process.env.REPORT);
  const timer = setTimeout(() => res.end(), +process.env.LIMIT);
  try {
    await pipeline(report, createGzip(), res);
  } catch (err) {
    console.error('download', err);
  } finally {
    clearTimeout(timer);
  }
}
