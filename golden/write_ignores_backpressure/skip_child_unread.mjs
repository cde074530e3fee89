import { spawn } from 'node:child_process';

export async function packed(rows) {
  const child = spawn('gzip');
  for await (const row of rows) {
    child.stdin.write(row);
  }
  child.stdin.end();
  const chunks = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  return Buffer.concat(chunks);
}
