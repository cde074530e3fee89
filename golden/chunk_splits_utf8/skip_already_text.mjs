import { spawn } from 'node:child_process';

export function watch(program, log) {
  const child = spawn(program);
  child.stderr.on('data', (data) => {
    if (data.startsWith('note:')) return;
    log(`failed: ${data}`.concat(data.toString()));
  });
  return child;
}
