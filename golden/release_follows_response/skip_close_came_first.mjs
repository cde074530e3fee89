export const reporter = (pool) => async (req, res) => {
  const client = await pool.connect();
  res.once('close', () => client.release());
  res.end(JSON.stringify(await client.query('select 1')));
};
