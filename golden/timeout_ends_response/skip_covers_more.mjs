import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

// The timer also ends the wait for a disk that does not answer.
export async function download(req, res) {
  const timer = setTimeout(() => res.end(), 1000);
  try {
    const { size } = await stat(process.env.REPORT);
    res.setHeader('Content-Length', size);
    await pipeline(createReadStream(process.env.REPORT), res);
  } catch (err) {
    console.error(err);
  } finally {
    clearTimeout(timer);
  }
}

export function later(req, res, open) {
  setTimeout(() => res.end(), 1000);
  open((file) => file.pipe(res));
  open(() => pipeline(createReadStream(process.env.REPORT), res).catch(console.error));
}
