import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    source.destroy();
    if (err.code === 'ENOENT') source.destroy(new Error('missing'));
    throw err;
  }
}
