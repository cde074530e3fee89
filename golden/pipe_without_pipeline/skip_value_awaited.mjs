import { createReadStream, createWriteStream } from 'node:fs';

export async function copy(from, to) {
  await createReadStream(from).pipe(createWriteStream(to));
}
