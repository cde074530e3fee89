import { pipeline } from 'node:stream/promises';

export async function download(req, res, source) {
  try {
    await pipeline(source, res);
  } catch (err) {
    if (err.code === 'ENOENT' || err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    throw err;
  }
}

export async function narrowed(req, res, source) {
  try {
    await pipeline(source, res);
  } catch (err) {
    if (err instanceof Error && err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    throw err;
  }
}
