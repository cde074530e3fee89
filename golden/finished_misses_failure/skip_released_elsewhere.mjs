import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export function read(client, path) {
  const source = fs.createReadStream(path);
  source.on('error', (err) => client.release(err));
  finished(source).then(() => client.release());
  source.resume();
}
