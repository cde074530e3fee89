import fs from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  await stat(process.env.FILE);
  const source = fs.createReadStream(process.env.FILE);
  await pipeline(source, res);
}

export async function later(req, res) {
  await stat(process.env.FILE);
  const source = fs.createReadStream(process.env.FILE);
  return pipeline(source, res);
}
