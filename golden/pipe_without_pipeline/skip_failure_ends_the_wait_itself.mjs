import fs from 'node:fs';
import { once } from 'node:events';

export async function copy(from, to, failed) {
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);
  source.on('error', (err) => {
    failed.push(from);
    target.end();
  });
  source.pipe(target);
  await once(target, 'finish');
}
