import fs from 'node:fs';

export async function save(rows, path) {
  const out = fs.createWriteStream(path);
  for (const row of rows) {
    if (!out.write(row)) await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
}

export async function saveLoudly(rows, path) {
  const out = fs.createWriteStream(path);
  out.on('error', (err) => console.error(err.message));
  for (const row of rows) {
    if (!out.write(row)) {
      await new Promise((resolve, reject) => {
        out.once('drain', () => resolve());
        out.once('error', reject);
      });
    }
  }
  out.end();
}
