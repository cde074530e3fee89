import fs from 'node:fs';
import { unlink } from 'node:fs/promises';

export async function take(file, use) {
  const stream = fs.createReadStream(file);
  await unlink(file);
  for await (const chunk of stream) use(chunk);
}
