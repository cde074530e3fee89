import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export async function record(command, to) {
  const child = spawn(command);
  child.stdout.pipe(createWriteStream(to));
}
