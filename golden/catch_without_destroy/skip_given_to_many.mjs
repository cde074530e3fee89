import fs from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

export async function tee(req, res) {
  await stat(process.env.FILE);
  const source = fs.createReadStream(process.env.FILE);
  source.pipe(fs.createWriteStream(process.env.COPY));
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
}
