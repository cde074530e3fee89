import { createReadStream, createWriteStream } from 'node:fs';

export function copies(from, one, other) {
  const source = createReadStream(from);
  const first = createWriteStream(one);
  const second = createWriteStream(other);
  source.on('data', (chunk) => first.write(chunk));
  source.on('data', (chunk) => second.write(chunk));
  source.on('end', () => first.end());
  source.on('end', () => second.end());
}
