import { pipeline } from 'node:stream/promises';

export async function download(req, res, source) {
  try {
    await pipeline(source, res);
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      await req.quota.giveBack();
    } else {
      throw err;
    }
  }
}

export async function asked(req, res, source) {
  let left = false;
  try {
    await pipeline(source, res);
  } catch (err) {
    left = err.code === 'ERR_STREAM_PREMATURE_CLOSE';
  }
  return left;
}
