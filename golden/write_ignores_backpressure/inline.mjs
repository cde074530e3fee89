import { createWriteStream } from 'node:fs';

export async function save(rows, path) {
  const out = createWriteStream(path);
  out.on('error', (err) => console.error(err));
  for await (const row of rows) {
    out.write(row);
  }
  out.end();
}

export async function unheard(rows, path) {
  const sink = createWriteStream(path);
  for await (const row of rows) sink.write(row);
  sink.end();
}
