import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  let drained = Promise.resolve();
  for (const row of rows) {
    await drained;
    if (!out.write(row)) drained = once(out, 'drain');
  }
  const [value] = await once(out, 'drain');
  await Promise.all([once(out, 'drain'), out.write(value)]);
  await once(out, 'drain').catch(() => {});
}
