import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';

async function* log() {
  const tail = spawn('tail', ['-f', process.env.LOG]);
  for await (const chunk of tail.stdout) yield String(chunk).toUpperCase();
}

export async function follow(req, res) {
  await pipeline(log(), res).catch(console.error);
}
