import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function download(req, res, upstream) {
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    upstream.destroy(err);
    req.socket.destroy(err);
  }
}

export async function elsewhere(req, res) {
  const source = fs.createReadStream(process.env.FILE);
  req.on('error', (err) => source.destroy(err));
  try {
    await pipeline(source, res);
  } catch (err) {
    setTimeout((err) => source.destroy(err), 10);
  }
}
