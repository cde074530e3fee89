import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  const source = fs.createReadStream(process.env.FILE);
  source.on('error', (err) => req.log.error(err));
  try {
    await pipeline(source, res);
  } catch (err) {
    source.destroy(err);
  }
}
