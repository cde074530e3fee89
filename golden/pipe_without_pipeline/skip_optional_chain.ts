import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export function record(command: string, to: string): void {
  const child = spawn(command, { stdio: 'pipe' });
  child.stdout?.pipe(createWriteStream(to));
}
