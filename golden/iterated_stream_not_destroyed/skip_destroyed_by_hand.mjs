import fs from 'node:fs';

export async function load(file, db) {
  const rows = fs.createReadStream(file);
  try {
    await db.connect();
    for await (const row of rows) await db.insert(row);
  } finally {
    rows.destroy();
  }
}

export async function header(file) {
  const stream = fs.createReadStream(file);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    if (chunk.length) break;
  }
  stream.destroy();
}
