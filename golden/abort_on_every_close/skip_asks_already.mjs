import { pipeline } from 'node:stream/promises';
import { query } from './db.mjs';

async function* lines(source) {
  for await (const row of source) yield `${row}\n`;
}

export async function finished(req, res) {
  const ac = new AbortController();
  res.once('close', () => { if (!res.writableFinished) ac.abort(); });
  await pipeline(query(req.url), lines, res, { signal: ac.signal });
}

export async function flagged(req, res) {
  const ac = new AbortController();
  let done = false;
  res.on('close', () => {
    if (!done) ac.abort();
  });
  await pipeline(query(req.url), lines, res, { signal: ac.signal });
  done = true;
}

export async function returns(req, res) {
  const ac = new AbortController();
  res.on('close', () => {
    if (res.writableEnded) return;
    ac.abort();
  });
  await pipeline(query(req.url), lines, res, { signal: ac.signal });
}

export async function shorter(req, res) {
  const ac = new AbortController();
  res.on('close', () => res.writableFinished || ac.abort());
  await pipeline(query(req.url), lines, res, { signal: ac.signal });
}
