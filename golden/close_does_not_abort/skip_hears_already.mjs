import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import onFinished from 'on-finished';

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

export async function closes(req, res) {
  const feed = new PassThrough();
  res.once('close', () => feed.destroy());
  await pipeline(feed, upper, res).catch(console.error);
}

export async function aborts(req, res) {
  const feed = new PassThrough();
  const ac = new AbortController();
  req.once('aborted', () => ac.abort());
  await pipeline(feed, upper, res, { signal: ac.signal }).catch(console.error);
}

export async function finishes(req, res) {
  const feed = new PassThrough();
  onFinished(res, () => feed.destroy());
  await pipeline(feed, upper, res).catch(console.error);
}

export async function chosen(req, res, options) {
  const feed = new PassThrough();
  await pipeline(feed, upper, res, { ...options }).catch(console.error);
}
