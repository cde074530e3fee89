import fs from 'node:fs';
import { once } from 'node:events';

export async function copy(from, to, tell) {
  const source = fs.createReadStream(from);
  source.pipe(fs.createWriteStream(to));
  await once(source, 'end');
  tell(from);
}
