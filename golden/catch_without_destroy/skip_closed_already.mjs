import fs from 'node:fs';
import { stat } from 'node:fs/promises';
import { destroy } from './streams.mjs';
import { pipeline } from 'node:stream/promises';

export async function inTheCatch(req, res) {
  await stat(process.env.FILE);
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
    source.destroy();
  }
}

export async function atTheEnd(req, res) {
  await stat(process.env.FILE);
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  } finally {
    if (!source.closed) source.close();
  }
}

export async function byAnother(req, res) {
  await stat(process.env.FILE);
  const source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    destroy(source, err);
  }
}

export async function atThePipeline(req, res) {
  await stat(process.env.FILE);
  const source = fs.createReadStream(process.env.FILE);
  await pipeline(source, res).catch((err) => {
    source?.destroy();
    throw err;
  });
}

export async function byTheLanguage(req, res) {
  await using source = fs.createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
}
