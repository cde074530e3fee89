import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  const length = 4;
  source.on('data', (chunk) => {
    sink.write(String(length));
    sink.write(chunk);
  });
  source.on('data', ({ length }) => sink.write(length));
  source.on('data', () => sink.write('.'));
}
