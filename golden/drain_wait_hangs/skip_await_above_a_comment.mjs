import { once } from 'node:events';

// The grammar takes the first `await` for a statement of its own.
export async function archive(cursor, gzip) {
  for await (const row of cursor) {
    const more = gzip.write(row);
    if (!more) {
      await // the disk is slower than the database
      await once(gzip, 'drain');
    }
  }
  gzip.end();
}
