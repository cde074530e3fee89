import { createReadStream } from 'node:fs';

export function send(from, out) {
  return new Promise((resolve, reject) => {
    createReadStream(from).on('error', reject).pipe(out).on('finish', resolve);
  });
}
