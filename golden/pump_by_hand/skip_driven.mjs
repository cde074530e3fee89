import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to, control) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  source.on('data', (chunk) => sink.write(chunk));
  source.on('end', () => sink.end());
  control.on('pause', () => source.pause());
  control.on('resume', () => source.resume());
}
