import { createServer } from 'node:http';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';

const gzip = () => createGzip();

export const server = createServer((req, res) => {
  const own = createGzip();
  if (req.url === '/own') pipeline(req, own, res, () => {});
  else pipeline(req, gzip(), res, () => {});
});
