import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { log } from './log.mjs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for (const row of rows) {
    const ok = out.write(row);
    await log(row);
    if (!ok) await once(out, 'drain');
  }
  if (!out.write('end')) {
    await log('slow');
    await once(out, 'drain');
  }
  out.end();
}
