import fs from 'node:fs';
import readline from 'node:readline';
import zlib from 'node:zlib';

export async function firstLine(file) {
  const input = fs.createReadStream(file).pipe(zlib.createGunzip());
  const rl = readline.createInterface({ input });
  for await (const line of rl) return line;
}
