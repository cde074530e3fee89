import { createWriteStream } from 'node:fs';

export const save = (db, path) =>
  db.transaction(async (tables) => {
    const out = createWriteStream(path);
    for await (const row of tables.rows()) {
      out.write(row);
    }
    out.end();
  });
