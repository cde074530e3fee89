import fs from 'node:fs';

export async function load(file, db) {
  const rows = fs.createReadStream(file);
  if (await db.wants(1)) {
    for await (const row of rows) await db.insert(row);
  }
}

export async function inRounds(file, rounds) {
  const rows = fs.createReadStream(file);
  for (const round of rounds) {
    await round();
    for await (const row of rows) round(row);
  }
}
