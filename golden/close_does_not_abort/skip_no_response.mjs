import { PassThrough } from 'node:stream';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

async function* upper(source) {
  for await (const chunk of source) yield String(chunk).toUpperCase();
}

export async function keep(path) {
  await pipeline(new PassThrough(), upper, createWriteStream(path)).catch(console.error);
}
