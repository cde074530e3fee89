import { pipeline } from 'node:stream/promises';

export async function failed(req, res, source) {
  try {
    await pipeline(source, res);
  } catch (err) {
    if (err.code !== 'ERR_STREAM_PREMATURE_CLOSE') {
      await req.transaction.rollback();
    }
  }
}
