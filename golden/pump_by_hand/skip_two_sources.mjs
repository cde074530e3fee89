import { createReadStream, createWriteStream } from 'node:fs';

export function join(one, other, to) {
  const first = createReadStream(one);
  const second = createReadStream(other);
  const sink = createWriteStream(to);
  first.on('data', (chunk) => sink.write(chunk));
  second.on('data', (chunk) => sink.write(chunk));
  second.on('end', () => sink.end());
}
