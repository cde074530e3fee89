import { once } from 'node:events';
import fs from 'node:fs';
import zlib from 'node:zlib';

export async function write(rows: Iterable<string>, to: string): Promise<void> {
  const out = fs.createWriteStream(to);
  for (const row of rows) {
    out.write(row);
    if (!out.write('\n')) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

export async function compress(from: string, to: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(zlib.createGzip())
      .pipe(fs.createWriteStream(to))
      .on('finish', resolve)
      .on('error', reject);
  });
}
