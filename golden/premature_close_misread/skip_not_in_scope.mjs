import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function download(req, res) {
  await pipeline(fs.createReadStream(process.env.FILE), res).catch((err) => {
    const res = req.app;
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    console.error(res, err);
  });
}
