import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export function open(lock, path) {
  const source = fs.createReadStream(path);
  finished(source).then(() => lock.unlock());
  source.resume();
}

export function hold(pool, client, cursor) {
  void finished(cursor).then(() => pool.releaseClient(client));
  return cursor;
}

export function listen(lock, path, log) {
  const source = fs.createReadStream(path).on('data', log);
  source.on('error', log);
  finished(source).then(() => lock.unlock());
}
