import { createWriteStream } from 'node:fs';

export function open(path) {
  const out = createWriteStream(path);
  setInterval(() => {
    console.log(`waiting: ${out.writableLength} of ${out.writableHighWaterMark}`);
  }, 20);
  return out;
}
