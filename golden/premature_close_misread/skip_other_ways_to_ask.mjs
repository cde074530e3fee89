import fs from 'node:fs';
import { finished } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const isPrematureClose = (err) => err.code === 'ERR_STREAM_PREMATURE_CLOSE';

export async function byHelper(req, res) {
  try {
    await pipeline(fs.createReadStream(process.env.FILE), res);
  } catch (err) {
    if (!isPrematureClose(err)) throw err;
  }
}

export async function byName(req, res) {
  try {
    await pipeline(fs.createReadStream(process.env.FILE), res);
  } catch (err) {
    if (err.message === 'ERR_STREAM_PREMATURE_CLOSE') return;
    switch (err.code) {
      case 'ERR_STREAM_PREMATURE_CLOSE':
        break;
      default:
        throw err;
    }
  }
}

export function ended(req, res, done) {
  finished(res, (err) => {
    if (err && err.code !== 'ERR_STREAM_PREMATURE_CLOSE') done(err);
  });
}
