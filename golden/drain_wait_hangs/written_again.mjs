import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for (const row of rows) {
    while (!out.write(row)) await once(out, 'drain');
  }
  while (out.writableNeedDrain) await once(out, 'drain');
  out.end();
}
