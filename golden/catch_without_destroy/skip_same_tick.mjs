import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import { pipeline } from 'node:stream/promises';

http.createServer(async (req, res) => {
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
}).listen();

http2.createServer(async (req, res) => {
  try {
    await pipeline(fs.createReadStream(process.env.FILE), res);
  } catch (err) {
    console.error(err);
  }
}).listen();
