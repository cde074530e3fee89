import { once } from 'node:events';

export async function waitForDrain(writable) {
  const ac = new AbortController();
  const swallowAbort = (err) => {
    if (err.name !== 'AbortError') throw err;
  };
  try {
    await Promise.race([
      once(writable, 'drain', { signal: ac.signal }).catch(swallowAbort),
      once(writable, 'error', { signal: ac.signal }).then(([err]) => Promise.reject(err)).catch(swallowAbort),
    ]);
  } finally {
    ac.abort();
  }
}
