import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function show(name) {
  const source = createReadStream(name);
  try {
    await pipeline(source, process.stdout, { end: false });
  } finally {
    source.destroy();
  }
}
