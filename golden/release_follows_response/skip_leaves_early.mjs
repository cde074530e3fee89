import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const download = (pool, other) => async (req, res) => {
  const client = await pool.connect();
  res.on('close', () => client.release());
  if (req.url === '/all') return other(client, req, res);
  await pipeline(fs.createReadStream('.' + req.url), res);
};
