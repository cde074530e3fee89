import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';

export async function save(rows: AsyncIterable<string>, path: string): Promise<void> {
  const out = createWriteStream(path);
  for await (const row of rows) {
    if (!out.write(row)) await waitForDrain(out);
  }
  out.end();
}

async function waitForDrain(writable: Writable): Promise<void> {
  const ac = new AbortController();
  const swallowAbort = (err: Error) => {
    if (err.name !== 'AbortError') throw err;
  };
  try {
    await Promise.race([
      once(writable, 'drain', { signal: ac.signal }).catch(swallowAbort),
      once(writable, 'error', { signal: ac.signal })
        .then((args) => Promise.reject(args[0]))
        .catch(swallowAbort),
    ]);
  } finally {
    ac.abort();
  }
}
