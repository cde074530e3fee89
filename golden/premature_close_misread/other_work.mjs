import { pipeline } from 'node:stream/promises';

export async function download(req, res, db) {
  try {
    const rows = await db.open(req.query.id);
    await pipeline(rows, res);
    await db.count(req.query.id);
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    throw err;
  }
}
