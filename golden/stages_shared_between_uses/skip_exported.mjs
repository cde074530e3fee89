import { createServer } from 'node:http';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';

export const gzip = createGzip();

export const server = createServer((req, res) => {
  pipeline(req, gzip, res, () => {});
});
