import fs from 'node:fs';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';

export async function copy(from, to) {
  try {
    await pipeline(fs.createReadStream(from), fs.createWriteStream(to));
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return false;
    throw err;
  }
}

export async function save(res) {
  try {
    await pipeline(res, fs.createWriteStream('saved'));
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    throw err;
  }
}

export const isAbort = (error) => error?.code === 'ERR_STREAM_PREMATURE_CLOSE';

https.get(process.env.URL, (res) => {
  res.on('error', (err) => {
    if (err.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw err;
  });
});
