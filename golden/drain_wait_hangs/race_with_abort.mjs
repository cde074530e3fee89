import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const swallowAbort = (err) => {
  if (err.name !== 'AbortError') throw err;
};

export async function save(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    if (!out.write(row)) {
      // wait, and leave no listeners behind
      const ac = new AbortController();
      try {
        await Promise.race([
          once(out, 'drain', { signal: ac.signal }).catch(swallowAbort),
          once(out, 'error', { signal: ac.signal })
            .then(([err]) => Promise.reject(err))
            .catch(swallowAbort),
        ]);
      } finally {
        ac.abort();
      }
    }
  }
  out.end();
}
