import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

class Rows extends Readable {
  _destroy(err, done) {
    this.cursor.close(err ? 'rollback' : 'commit').then(() => done(err), done);
  }
}

export async function download(db, res) {
  const rows = new Rows({ db });
  try {
    await pipeline(rows, res);
  } catch (err) {
    rows.destroy(err);
  }
}

export async function inline(db, res) {
  const rows = new Readable({
    read: db.next,
    destroy(err, done) {
      db.end(err, done);
    },
  });
  try {
    await pipeline(rows, res);
  } catch (err) {
    rows.destroy(err);
  }
}
