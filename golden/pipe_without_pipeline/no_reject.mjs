import { createReadStream, createWriteStream } from 'node:fs';

export async function copy(from, to) {
  await new Promise((resolve) => {
    createReadStream(from).pipe(createWriteStream(to)).on('finish', resolve);
  });
}
