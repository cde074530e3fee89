import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function mirror(from, a, b) {
  const source = fs.createReadStream(from);
  await Promise.all([
    pipeline(source, fs.createWriteStream(a)),
    pipeline(source, fs.createWriteStream(b)),
  ]);
}
