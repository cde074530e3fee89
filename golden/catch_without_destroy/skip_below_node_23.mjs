import fs from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';

export const server = http.createServer(async (req, res) => {
  const { size } = await stat(process.env.FILE);
  const source = fs.createReadStream(process.env.FILE);
  res.setHeader('Content-Length', size);
  try {
    await pipeline(source, res);
  } catch (err) {
    if (!res.destroyed) console.error(err);
  }
});
