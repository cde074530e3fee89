import fs from 'node:fs';

export const download = (pool) => async (req, res) => {
  const client = await pool.connect();
  res.on('close', () => client.release());
  const source = fs.createReadStream(await client.pathOf(req.url));
  source.on('error', (err) => res.destroy(err));
  source.pipe(res);
};
