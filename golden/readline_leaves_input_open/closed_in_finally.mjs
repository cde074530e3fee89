import fs from 'node:fs';
import readline from 'node:readline';

export async function firstLine(file) {
  const rl = readline.createInterface({ input: fs.createReadStream(file) });
  try {
    for await (const line of rl) return line;
  } finally {
    rl.close();
  }
}
