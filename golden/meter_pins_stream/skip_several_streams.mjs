import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to) {
  const source = createReadStream(from);
  const out = createWriteStream(to);
  setInterval(() => console.log(source.bytesRead, out.bytesWritten), 1000);
  return source.pipe(out);
}
