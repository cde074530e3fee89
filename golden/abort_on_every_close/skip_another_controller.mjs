import { pipeline } from 'node:stream/promises';
import { query } from './db.mjs';

async function* lines(source) {
  for await (const row of source) yield `${row}\n`;
}

export async function rows(req, res) {
  let ac = new AbortController();
  res.on('close', () => ac.abort());
  if (req.url.startsWith('/all')) ac = new AbortController();
  await pipeline(query(req.url), lines, res, { signal: ac.signal });
}

export async function handed(req, res, ac) {
  res.on('close', () => ac.abort());
  await pipeline(query(req.url), lines, res, { signal: ac.signal });
}
