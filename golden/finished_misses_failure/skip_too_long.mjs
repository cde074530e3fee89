import fs from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';

export async function copy(client, lock, from, to) {
  const source = fs.createReadStream(from);
  finished(source).then(() => {
    lock.unlock();
    client.release();
  });
  await pipeline(source, fs.createWriteStream(to));
}
