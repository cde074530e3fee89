import { spawn } from 'node:child_process';

export function run(program, done) {
  const child = spawn(program);
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => console.error(data.toString()));
  child.on('close', () => done(out));
}
