import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  const executor = new Promise(async (resolve) => {
    for (const row of rows) {
      if (!out.write(row)) await once(out, 'drain');
    }
    resolve();
  });
  setTimeout(async () => {
    if (!out.write('late')) await once(out, 'drain');
  }, 10);
  await executor;
}
