import { spawn } from 'node:child_process';

export function run(command, args) {
  const child = spawn(command, args);
  child.stdout.on('data', (data) => process.stdout.write(data));
  child.stderr.on('data', (data) => {
    process.stderr.write(`${command}: ${data}`);
  });
}
