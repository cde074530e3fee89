import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    if (!out.write(row)) await once(out, 'drain');
    if (!out.write('\n')) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
}
