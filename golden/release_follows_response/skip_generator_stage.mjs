import { pipeline } from 'node:stream/promises';

export const download = (pool) => async (req, res) => {
  const client = await pool.connect();
  res.on('close', () => client.release());
  await pipeline(async function* () {
    for await (const row of client.listen(req.url)) yield JSON.stringify(row);
  }, res);
};
