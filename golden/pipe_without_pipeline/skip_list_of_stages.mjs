import { createReadStream } from 'node:fs';

export function chain(from, stages) {
  const all = [createReadStream(from), ...stages];
  for (let i = 0; i < all.length - 1; i++) all[i].pipe(all[i + 1]);
  return all.at(-1);
}
