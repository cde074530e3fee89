import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const download = (pool) => async (req, res) => {
  const client = await pool.connect();
  const source = fs.createReadStream(await client.pathOf(req.url));
  source.on('close', () => client.release());
  await pipeline(source, res);
};
