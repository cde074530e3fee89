import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function decided(req, res) {
  setTimeout(() => res.end(), 1000);
  try {
    await pipeline(createReadStream(process.env.REPORT), res);
  } catch (err) {
    if (err.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw err;
  }
}

export async function escapes(req, res) {
  setTimeout(() => res.end(), 1000);
  await pipeline(createReadStream(process.env.REPORT), res);
}

export function passes(req, res, next) {
  setTimeout(() => res.end(), 1000);
  pipeline(createReadStream(process.env.REPORT), res).catch(next);
}
