import Promise from 'bluebird';
import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for (const row of rows) {
    if (!out.write(row)) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
}
