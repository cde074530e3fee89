import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

export function open(file) {
  return createReadStream(file).pipe(createGunzip());
}
