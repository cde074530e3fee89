import http from 'node:http';
import { finished } from 'node:stream/promises';

export const serve = (pool, answer) => http.createServer(async (req, res) => {
  const client = await pool.connect();
  finished(res).then(() => client.release());
  answer(client, req, res);
});
