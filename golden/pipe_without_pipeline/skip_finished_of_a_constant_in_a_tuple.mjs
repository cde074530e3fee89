import fs from 'node:fs';
import { once } from 'node:events';

export async function copied(name, from) {
  const copy = from.pipe(fs.createWriteStream(`${name}.copy`)),
    started = Date.now();
  await once(copy, 'finish');
  return Date.now() - started;
}
