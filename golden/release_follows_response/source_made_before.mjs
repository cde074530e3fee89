import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const download = (pool) => async (req, res) => {
  const source = fs.createReadStream('.' + req.url);
  const client = await pool.connect();
  res.on('close', () => client.release());
  await pipeline(source, res);
};

export const later = (pool) => async (req, res) => {
  const client = await pool.connect();
  res.on('close', () => client.release());
  const path = await client.pathOf(req.url);
  await pipeline(fs.createReadStream(path), res);
};
