import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  out.cork();
  for await (const row of rows) {
    out.write(row);
  }
  out.uncork();
  out.end();
}
