import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const download = (pool) => async (req, res) => {
  const client = await pool.connect();
  res.on('close', () => client.release());
  await pipeline(fs.createReadStream('.' + req.url), res, { end: false });
};
