import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);

  source.on('data', (chunk) => {
    sink.write(chunk);
  });

  source.on('end', () => {
    sink.end();
  });

  return 'started';
}
