import { Rows } from './rows.mjs';
import { pipeline } from 'node:stream/promises';

export async function download(db, res) {
  const rows = new Rows({ db });
  try {
    await pipeline(rows, res);
  } catch (err) {
    rows.destroy(err);
  }
}
