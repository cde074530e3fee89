import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function send(path, connections) {
  const source = fs.createReadStream(path);
  for (const res of connections) {
    try {
      await pipeline(source, res);
      return;
    } catch (err) {
      console.error(err);
    }
  }
}

export async function orSpool(req, res) {
  const rows = await req.export();
  try {
    await pipeline(rows, res);
  } catch {
    await req.spool(rows);
  }
}
