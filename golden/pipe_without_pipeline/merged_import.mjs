import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

export async function copy(from, to) {
  const target = createWriteStream(to);
  await new Promise((resolve, reject) => {
    createReadStream(from).on('error', reject).pipe(target).on('finish', resolve).on('error', reject);
  });
}

export const done = (stream) => finished(stream);
