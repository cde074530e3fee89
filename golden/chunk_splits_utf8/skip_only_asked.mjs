import { spawn } from 'node:child_process';

export function ready(program, done) {
  const child = spawn(program);
  child.stdout.on('data', (data) => {
    if (data.toString().includes('listening')) done(child);
  });
  child.stderr.on('data', (data) => {
    const text = data.toString();
    if (/error/.test(text)) done(null);
  });
}
