import { createWriteStream } from 'node:fs';
import { once } from './my-events.mjs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for (const row of rows) {
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
}
