import http from 'node:http';
import { once } from 'node:events';
import { page } from './page.mjs';

http.createServer(async (req, res) => {
  if (!res.write(page.head)) await once(res, 'drain');
  res.end(page.body);
}).listen(8080);
