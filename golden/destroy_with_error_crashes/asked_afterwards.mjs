import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function download(path, res) {
  const source = fs.createReadStream(path);
  try {
    await pipeline(source, res);
  } catch (err) {
    source.destroy(err /* for the check below */);
    if (source.errored) throw err;
  }
}

export async function quietly(path, res) {
  const source = fs.createReadStream(path);
  await pipeline(source, res).catch((err) => {
    source.destroy(
      err, // it says why
    );
  });
}
