import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export async function sorted(rows, path) {
  const child = spawn('sort', ['-u']);
  child.stdout.pipe(createWriteStream(path));
  for await (const row of rows) {
    child.stdin.write(`${row}\n`);
  }
  child.stdin.end();
}
