import { createWriteStream } from 'node:fs';

export async function save(tables, path) {
  const out = createWriteStream(path);
  const add = async (table) => {
    const rows = await table.rows();
    for (const row of rows) {
      out.write(row);
    }
  };
  const follow = async (table) => {
    for await (const row of table) {
      out.write(row);
    }
  };
  await Promise.all(tables.map(async (table) => ({ all: await add(table), more: await follow(table) })));
  out.end();
}
