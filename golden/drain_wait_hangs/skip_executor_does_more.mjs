import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  for (const row of rows) {
    await new Promise((resolve) => {
      if (out.write(row)) resolve();
      else out.once('drain', resolve);
    });
  }
  for (const row of rows) {
    if (out.write(row)) continue;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000);
      out.once('drain', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
  out.end();
}
