import { createReadStream, createWriteStream } from 'node:fs';

export async function copy(from, to) {
  await new Promise((resolve, reject) => {
    createReadStream(from).on('error', reject).pipe(createWriteStream(to)).on('finish', resolve).on('error', reject);
  });
}
