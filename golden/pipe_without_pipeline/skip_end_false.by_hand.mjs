import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export async function append(parts, out) {
  const all = async function* () {
    for (const part of parts) yield* createReadStream(part);
  };
  await pipeline(all, out, { end: false });
}
