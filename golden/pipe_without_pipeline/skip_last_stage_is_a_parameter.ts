import { createReadStream } from 'node:fs';
import type { Transform } from 'node:stream';

export function through(name: string, filter: Transform): Transform {
  return createReadStream(name).pipe(filter);
}
