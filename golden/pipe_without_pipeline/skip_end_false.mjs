import { createReadStream } from 'node:fs';

export function append(parts, out) {
  for (const part of parts) {
    createReadStream(part).pipe(out, { end: false });
  }
}
