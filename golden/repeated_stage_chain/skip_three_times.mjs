import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createBrotliCompress, createGunzip } from 'node:zlib';

export async function logs(path) {
  await pipeline(
    createReadStream(path),
    createGunzip(),
    createBrotliCompress(),
    createWriteStream(`${path}.br`),
  );
}

export async function dumps(path, out) {
  await pipeline(createReadStream(path), createGunzip(), createBrotliCompress(), out);
}

export async function mails(source, out) {
  await pipeline(source, createGunzip(), createBrotliCompress(), out);
}
