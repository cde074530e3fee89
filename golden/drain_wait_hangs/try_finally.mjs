import { once } from 'node:events';
import zlib from 'node:zlib';
import fs from 'node:fs';

export async function archive(cursor, path) {
  const gzip = zlib.createGzip();
  gzip.pipe(fs.createWriteStream(path));
  try {
    for await (const row of cursor) {
      const more = gzip.write(row);
      if (!more) {
        // the disk is slower than the database
        await once(gzip, 'drain');
      }
    }
    gzip.end();
  } finally {
    await cursor.close();
  }
}
