import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res, { end: false });
    res.end();
  } catch (err) {
    source.destroy();
    res.destroy(err);
  }
}

export async function both(duplex) {
  try {
    await pipeline(duplex, async function* (chunks) { yield* chunks; }, duplex);
  } catch (err) {
    duplex.destroy(err);
  }
}
