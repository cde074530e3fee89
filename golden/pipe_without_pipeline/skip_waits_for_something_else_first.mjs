import fs from 'node:fs';
import { once } from 'node:events';

export async function copy(from, to, lock) {
  const target = fs.createWriteStream(to);
  fs.createReadStream(from).pipe(target);
  await lock(to);
  await once(target, 'finish');
}
