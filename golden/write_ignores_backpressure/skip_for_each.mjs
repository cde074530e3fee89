import { createWriteStream } from 'node:fs';

export async function save(tables, path) {
  const out = createWriteStream(path);
  tables.forEach(async (table) => {
    for await (const row of table) {
      out.write(row);
    }
  });
}
