import { createReadStream } from 'node:fs';

export function show(name) {
  createReadStream(name).pipe(process.stdout);
}
