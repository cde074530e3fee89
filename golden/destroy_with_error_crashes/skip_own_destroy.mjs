import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

class Rows extends Readable {
  constructor(db) {
    super({ read() { this.push(db.next()); } });
    this.db = db;
  }

  _destroy(err, done) {
    if (err) this.db.rollback();
    else this.db.commit();
    done(err);
  }
}

export async function download(db, res) {
  const rows = new Rows(db);
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
