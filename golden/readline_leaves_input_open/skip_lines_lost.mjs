import fs from 'node:fs';
import readline from 'node:readline';

export async function load(file, db) {
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  await db.connect();
  for await (const line of rl) {
    await db.insert(line);
  }
}
