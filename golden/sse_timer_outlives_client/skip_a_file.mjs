import { createWriteStream } from 'node:fs';

export function logMemory(path) {
  const out = createWriteStream(path, { flags: 'a' });
  setInterval(() => out.write(`${process.memoryUsage().rss}\n`), 1000);
}
