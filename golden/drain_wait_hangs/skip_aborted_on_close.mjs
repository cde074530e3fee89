import { once } from 'node:events';

export async function send(req, res, rows) {
  const gone = new AbortController();
  res.on('close', () => gone.abort());
  for (const row of rows) {
    if (!res.write(row)) await once(res, 'drain', { signal: gone.signal });
  }
  res.end();
}
