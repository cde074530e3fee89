import { createReadStream, createWriteStream } from 'node:fs';
import { compose } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliCompress, createGunzip } from 'node:zlib';

const packed = () => compose(createGunzip(), createBrotliCompress());

export async function logs(path) {
  await pipeline(createReadStream(path), packed(), createWriteStream(`${path}.br`));
}

export async function dumps(path, out) {
  await pipeline(createReadStream(path), packed(), out);
}

export async function mails(source, out) {
  await pipeline(source, packed(), out);
}
