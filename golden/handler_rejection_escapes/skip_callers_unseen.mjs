import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  res.setHeader('Content-Type', 'application/zip');
  await pipeline(createReadStream('file.zip'), res);
}
