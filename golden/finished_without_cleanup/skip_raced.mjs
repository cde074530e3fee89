import { once } from 'node:events';
import { finished } from 'node:stream/promises';

export async function write(writable, chunk) {
  if (!writable.write(chunk) && writable.writableNeedDrain) {
    await Promise.race([once(writable, 'drain'), finished(writable, { readable: false })]);
  }
}
