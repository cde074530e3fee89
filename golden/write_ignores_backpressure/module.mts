import { createWriteStream } from 'node:fs';

export async function save(rows: AsyncIterable<string>, path: string) {
  const out = createWriteStream(path);
  for await (const row of rows) out.write(row);
  out.end();
}
