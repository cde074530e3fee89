import { once } from 'node:events';
import { finished } from 'node:stream/promises';

export async function write(writable, chunk) {
  if (!writable.write(chunk) && writable.writableNeedDrain) {
    const controller = new AbortController();
    const { signal } = controller;
    try {
      await Promise.race([
        once(writable, 'drain', { signal }),
        finished(writable, { readable: false, signal, cleanup: true }),
      ]);
    } finally {
      controller.abort();
    }
  }
}
