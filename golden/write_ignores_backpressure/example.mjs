import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    out.write(`${JSON.stringify(row)}\n`);
  }
  out.end();
}
