import fs from 'node:fs';
import { spawn } from 'node:child_process';

export async function feed(name, command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    fs.createReadStream(name).pipe(child.stdin);

    const said = [];
    child.stderr.on('data', (chunk) => said.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) {
        reject(new Error(`${command} left with ${code}: ${Buffer.concat(said)}`));
        return;
      }
      resolve(code);
    });
  });
}
