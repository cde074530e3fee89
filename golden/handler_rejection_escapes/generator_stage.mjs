import fs from 'node:fs';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';

async function* shout(chunks) {
  for await (const chunk of chunks) yield chunk.toString('latin1').toUpperCase();
}

export const server = (file) =>
  http.createServer(async (req, res) => {
    const ac = new AbortController();
    res.on('close', () => ac.abort());
    const source = fs.createReadStream(file);
    await pipeline(source, shout, res, { signal: ac.signal });
  });
