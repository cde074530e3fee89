import { createServer } from 'node:http';
import { Transform, pipeline } from 'node:stream';
import { createCipheriv, randomBytes } from 'node:crypto';
import { createGzip } from 'node:zlib';
import { options } from './options.js';

const cipher = createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16));
const gzip = createGzip(options());
const plain: Transform = new Transform();

createServer((req, res) => {
  if (req.url === '/plain') pipeline(req, plain, res, () => {});
  else pipeline(req, gzip, cipher, res, () => {});
});
