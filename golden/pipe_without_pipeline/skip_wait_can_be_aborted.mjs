import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export async function copy(from, to, signal) {
  const target = fs.createWriteStream(to);
  fs.createReadStream(from).pipe(target);
  await finished(target, { signal });
}
