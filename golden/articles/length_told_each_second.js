import { createWriteStream } from 'node:fs';

export function openLog(path) {
  const log = createWriteStream(path);
  setInterval(() => {
    console.log(`[log] ${log.writableLength} bytes wait`);
  }, 1000);
  return log;
}
