import fs from 'node:fs';
import { once } from 'node:events';

export async function load(file, use) {
  const stream = fs.createReadStream(file);
  stream.on('error', () => {});
  await use.ready();
  for await (const chunk of stream) use(chunk);
}

export async function opened(file, use) {
  const stream = fs.createReadStream(file);
  await once(stream, 'open');
  for await (const chunk of stream) use(chunk);
}
