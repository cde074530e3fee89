import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  source.on('error', (err) => console.error('source', err));
  sink.on('error', (err) => console.error('sink', err));
  source.on('data', (chunk) => void seen(chunk));
  source.on('data', (chunk) => sink.write(chunk));
  source.on('end', () => sink.end());
}

function seen(chunk) {
  console.error(chunk.length);
}
