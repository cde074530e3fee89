import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export async function dump(path, rows) {
  const out = fs.createWriteStream(path);
  const over = finished(out);
  over.catch(() => {});
  for (const row of rows) out.write(row);
  out.end();
  return over;
}
