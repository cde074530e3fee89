import fs from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  await stat(process.env.FILE);
  if (res.destroyed) return;
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
}
