import fs from 'node:fs';

export async function load(file, db) {
  const rows = fs.createReadStream(file, { encoding: 'utf8' });
  await db.connect();
  for await (const row of rows) {
    await db.insert(row);
  }
}
