import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { flush } from './flush.mjs';

export async function asked(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    out.write(row);
    if (out.writableNeedDrain) await once(out, 'drain');
  }
}

export async function counted(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    out.write(row);
    if (out.writableLength > 1 << 20) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function read(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    const more = out.write(row);
    out.write('\n');
    if (!more) await rows.rest();
  }
}

export async function handed(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    out.write(row);
    await flush(out);
  }
}

export async function called(rows, path) {
  const out = createWriteStream(path);
  for await (const row of rows) {
    await new Promise((resolve, reject) => {
      out.write(row, (error) => (error ? reject(error) : resolve()));
    });
  }
}
