import { pipeline } from 'node:stream/promises';

export async function bySignal(req, res, source, signal) {
  try {
    await pipeline(source, res, { signal });
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE' && signal.aborted) return;
    throw err;
  }
}

export async function byFlag(req, res, source) {
  let clientGone = false;
  res.once('close', () => { clientGone = !res.writableFinished; });
  try {
    await pipeline(source, res);
  } catch (err) {
    if (clientGone || err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    throw err;
  }
}

export async function byResponse(req, res, source) {
  try {
    await pipeline(source, res);
  } catch (err) {
    if (res.destroyed && res.errored === null) return;
    throw err;
  }
}
