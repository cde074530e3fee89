import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export function all(path, pool, client, log) {
  const source = fs.createReadStream(path);
  finished(source).then(() => client.release(), () => client.release());
  finished(source).finally(() => client.release());
  finished(source).catch(log).then(() => client.release());
}

export function both(path, release) {
  const source = fs.createReadStream(path);
  finished(source).then(release).catch(release);
}

export async function by_hand(path, lock) {
  const source = fs.createReadStream(path);
  try {
    await finished(source).then(() => lock.unlock());
  } catch (err) {
    lock.unlock();
    throw err;
  }
}
