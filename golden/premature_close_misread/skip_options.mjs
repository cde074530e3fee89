import { pipeline } from 'node:stream/promises';

export async function download(req, res, source) {
  try {
    await pipeline(source, res, { end: false });
    res.end();
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    console.error(err);
  }
}

export async function alone(req, res, source) {
  try {
    await pipeline(source, res, { end: false });
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    console.error(err);
  }
}
