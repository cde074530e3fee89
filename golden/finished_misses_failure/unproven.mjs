import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export async function publish(path, release) {
  const file = fs.createWriteStream(path);
  file.end('notes');
  await finished(file).then(() => release());
}

export async function within(path, locks, signal) {
  const lock = await locks.acquire(path);
  const source = fs.createReadStream(path);
  source.resume();
  await finished(source, { signal }).then(() => lock.release());
}

export async function known(path, locks) {
  const guard = await locks.acquire(path);
  const source = fs.createReadStream(path);
  source.resume();
  await finished(source).then(() => guard.release());
}
