import fs from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';

http.createServer(async (req, res) => {
  const found = await stat(process.env.FILE).catch(() => null);
  try {
    if (found) await pipeline(fs.createReadStream(process.env.FILE), res);
    else res.end();
  } catch (err) {
    console.error(err);
  }
}).listen();
