import fs from 'node:fs';
import readline from 'node:readline';

export async function firstLine(file, log) {
  const input = fs.createReadStream(file);
  input.once('close', () => log('closed'));
  const rl = readline.createInterface({ input });
  rl.on('close', () => log('done'));
  for await (const line of rl) {
    if (line.startsWith('#')) continue;
    if (line.length > 1000) throw new Error(`too long: ${file}`);
    return line;
  }
}
