import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

createServer(async (req, res) => {
  await pipeline(req, createWriteStream('upload.bin'));
  res.end('ok');
}).listen(8080);
