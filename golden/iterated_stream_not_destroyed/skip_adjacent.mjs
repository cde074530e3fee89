import fs from 'node:fs';
import { Readable } from 'node:stream';

export async function first(file) {
  for await (const chunk of fs.createReadStream(file)) return chunk;
}

export async function size(file, wait) {
  const ready = await wait();
  const stream = fs.createReadStream(file);
  stream.setEncoding('latin1');
  const later = async () => await ready;
  let sum = 0;
  for await (const chunk of stream) {
    await later();
    sum += chunk.length;
    if (sum > 1000) break;
  }
  return sum;
}

export async function given(stream, wait) {
  await wait();
  for await (const chunk of stream) return chunk;
}

export async function inMemory(items, wait) {
  const stream = Readable.from(items);
  await wait();
  for await (const item of stream) return item;
}
