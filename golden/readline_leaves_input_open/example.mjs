import fs from 'node:fs';
import readline from 'node:readline';

export async function firstMatch(file, pattern) {
  const input = fs.createReadStream(file);
  const rl = readline.createInterface({ input, crlfDelay: Infinity });
  for await (const line of rl) {
    if (pattern.test(line)) {
      return line;
    }
  }
  return null;
}
