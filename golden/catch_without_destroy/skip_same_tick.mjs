import fs from 'node:fs';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';

http.createServer(async (req, res) => {
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
}).listen();
