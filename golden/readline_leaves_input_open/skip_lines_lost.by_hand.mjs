import fs from 'node:fs';
import readline from 'node:readline';

export async function load(file, db) {
  await db.connect();
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  for await (const line of rl) {
    await db.insert(line);
  }
}
