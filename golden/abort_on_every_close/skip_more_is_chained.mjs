import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

// What is chained behind would listen on the response as well.
export const serve = (rows, failed) =>
  createServer(async (req, res) => {
    const ac = new AbortController();
    req.on('close', () => ac.abort()).on('error', failed);
    await pipeline(rows(), res, { signal: ac.signal }).catch(() => {});
  });
