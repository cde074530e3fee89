import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    if (!out.write(`${JSON.stringify(row)}\n`)) {
      await once(out, 'drain');
    }
  }
  out.end();
}
