import { createReadStream } from 'node:fs';
import { createInterface } from 'some-lines';
import { open } from 'node:fs/promises';

export async function first(file, rl) {
  for await (const line of createInterface({ input: createReadStream(file) })) return line;
  for await (const line of rl) return line;
}

export async function ofHandle(file) {
  await using handle = await open(file);
  for await (const line of handle.readLines()) return line;
}
