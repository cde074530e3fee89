import { createReadStream, createWriteStream } from 'node:fs';

export function append(paths, to) {
  const sink = createWriteStream(to, { flags: 'a' });
  for (const path of paths) {
    const source = createReadStream(path);
    source.on('data', (chunk) => sink.write(chunk));
  }
  return sink;
}
