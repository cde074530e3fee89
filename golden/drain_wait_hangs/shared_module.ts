import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export async function save(rows: string[], path: string) {
  const out = createWriteStream(path);
  for (const row of rows) {
    if (!out.write(row)) await once(out, 'drain');
  }
  if (!out.write('end')) await once(out, 'drain');
  out.end();
}
