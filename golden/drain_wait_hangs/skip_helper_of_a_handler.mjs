import http from 'node:http';
import { once } from 'node:events';
import { rows } from './rows.mjs';

http.createServer(async (req, res) => {
  for await (const row of rows()) {
    if (!res.write(row)) await drain(res);
  }
  res.end();
}).listen(8080);

async function drain(stream) {
  await once(stream, 'drain');
}
