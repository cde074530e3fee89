import fs from 'node:fs';
import { finished, pipeline } from 'node:stream/promises';

export async function copy(pool, from, to) {
  const release = await pool.acquire();
  const source = fs.createReadStream(from);
  finished(source).then(release);
  await pipeline(source, fs.createWriteStream(to));
}

export async function read(pool, from) {
  const client = await pool.connect();
  const source = fs.createReadStream(from);
  source.resume();
  await finished(source).then(() => client.release());
}
