import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

async function rows(out, cursor) {
  let row;
  while ((row = await cursor.next())) {
    if (row.deleted) out.write('-');
    else out.write(row.text);
  }
}

export async function save(cursor, path) {
  const out = createWriteStream(path);
  await rows(out, cursor);
  out.end();
  await finished(out);
}
