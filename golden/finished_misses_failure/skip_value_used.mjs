import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export async function read(client, path, again) {
  const source = fs.createReadStream(path);
  source.resume();
  const left = finished(source).then(() => client.release());
  return again(left);
}

export function next(client, path, again) {
  const source = fs.createReadStream(path);
  source.resume();
  finished(source).then(() => client.release()).then(again);
}
