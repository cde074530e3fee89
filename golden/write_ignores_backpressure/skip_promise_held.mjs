import fs from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';

export async function dump(path, rows) {
  const out = fs.createWriteStream(path);
  const done = new Promise((resolve, reject) => {
    out.on('finish', resolve);
    out.on('error', reject);
  });
  for (const row of rows) {
    out.write(row);
  }
  out.end();
  await done;
}

export async function compressed(path, rows) {
  const gzip = zlib.createGzip();
  const done = pipeline(gzip, fs.createWriteStream(path));
  for (const row of rows) gzip.write(row);
  gzip.end();
  await done;
}

export async function asked(path, rows) {
  const out = fs.createWriteStream(path);
  const over = finished(out);
  for (const row of rows) out.write(row);
  out.end();
  return over;
}
