import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';

export function save(rows, path) {
  const out = createWriteStream(path);
  rows.forEach(async (row) => {
    if (!out.write(row)) await once(out, 'drain');
  });
  createReadStream('more').on('data', async (chunk) => {
    if (!out.write(chunk)) await once(out, 'drain');
  });
}
