import fs from 'node:fs';
import { finished } from 'node:stream/promises';

export async function read(client, path) {
  const source = fs.createReadStream(path);
  source.resume();
  await finished(source).then(() => client.release());
}
