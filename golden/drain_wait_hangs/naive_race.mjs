import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for (const row of rows) {
    if (!out.write(row)) {
      await Promise.race([once(out, 'drain'), once(out, 'error'), once(out, 'close')]);
    }
  }
  out.end();
}
