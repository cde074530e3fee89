import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function onError(req, res) {
  const source = fs.createReadStream(process.env.FILE);
  source.on('error', () => res.end());
  try {
    await pipeline(source, res);
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    console.error(err);
  }
}

export async function onTime(req, res) {
  const timer = setTimeout(() => res.destroy(), 60_000);
  await pipeline(fs.createReadStream(process.env.FILE), res)
    .catch((err) => {
      if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      console.error(err);
    })
    .finally(() => clearTimeout(timer));
}

export async function connection(req, res) {
  req.on('limit', () => req.socket.destroy());
  try {
    await pipeline(fs.createReadStream(process.env.FILE).on('close', () => res.end()), res);
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    console.error(err);
  }
}

export async function inTheCatch(req, res) {
  try {
    await pipeline(fs.createReadStream(req.query.file), res);
  } catch (err) {
    res.destroy();
    if (err.code !== 'ERR_STREAM_PREMATURE_CLOSE') {
      console.error(err);
    }
  }
}
