import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to, done) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  source.on('data', (chunk) => sink.write(chunk));
  source.on('end', () => sink.end());
  source.on('end', () => done(null, to));
}
