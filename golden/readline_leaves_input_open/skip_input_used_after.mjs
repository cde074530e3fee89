import fs from 'node:fs';
import readline from 'node:readline';

export async function headerSize(file) {
  const input = fs.createReadStream(file);
  const rl = readline.createInterface({ input });
  for await (const line of rl) {
    if (line === '') break;
  }
  return input.bytesRead;
}

export async function digest(file, hash) {
  const input = fs.createReadStream(file);
  input.pipe(hash);
  const rl = readline.createInterface({ input });
  for await (const line of rl) if (line === 'end') break;
}

export async function handed(file, watch) {
  const input = fs.createReadStream(file);
  watch(input);
  const rl = readline.createInterface({ input });
  for await (const line of rl) if (line === 'end') break;
}
