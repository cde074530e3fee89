import { createWriteStream } from 'node:fs';

async function save(rows, path) {
  const out = createWriteStream(path);
  out.on('error', console.error);
  for await (const row of rows) {
    out.write(row);
  }
  out.end();
}

export function onRows(rows) {
  save(rows, '/tmp/rows');
}
