import { createReadStream, createWriteStream } from 'node:fs';

export async function publish(from, to, notify) {
  createReadStream(from).pipe(createWriteStream(to));
  await notify(to);
}
