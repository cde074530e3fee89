import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for (const row of rows) {
    if (out.write(row) || out.destroyed) continue;
    const ac = new AbortController();
    try {
      await Promise.race([
        once(out, 'drain', { signal: ac.signal }),
        once(out, 'close', { signal: ac.signal }),
      ]);
    } finally {
      ac.abort();
    }
  }
  for (const row of rows) {
    if (out.write(row)) continue;
    const ac = new AbortController();
    const { signal } = ac;
    await Promise.race([once(out, 'drain', { signal }), finished(out, { signal, cleanup: true })]);
    ac.abort();
  }
  for (const row of rows) {
    if (out.write(row)) continue;
    await new Promise((resolve, reject) => {
      const settle = () => {
        out.off('drain', settle).off('close', settle).off('error', reject);
        resolve();
      };
      out.on('drain', settle).on('close', settle).on('error', reject);
    });
  }
  out.end();
}
