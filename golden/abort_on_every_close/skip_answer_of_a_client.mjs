import http from 'node:http';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

export function load(url, to) {
  const ac = new AbortController();
  http.get(url, (res) => {
    res.on('close', () => ac.abort());
    pipeline(res, upper, createWriteStream(to), { signal: ac.signal }).catch(console.error);
  });
}
