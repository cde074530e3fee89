import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function send(find, req, out) {
  const file = await find(req.url);
  await pipeline(createReadStream(file), out).catch(console.error);
}
