import { createReadStream, createWriteStream } from 'fs';

export async function fill(from, to, wanted) {
  if (wanted) {
    return new Promise((resolve, reject) => {
      createReadStream(from).on('error', reject).pipe(createWriteStream(to)).on('finish', resolve).on('error', reject);
    });
  }
  await touch(to);
}
