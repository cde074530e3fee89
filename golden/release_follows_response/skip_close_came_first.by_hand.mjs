export const reporter = (pool) => async (req, res) => {
  const client = await pool.connect();
  if (res.destroyed) client.release();
  else res.once('close', () => client.release());
  res.end(JSON.stringify(await client.query('select 1')));
};
