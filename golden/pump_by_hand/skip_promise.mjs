import { createReadStream, createWriteStream } from 'node:fs';

export const copy = (from, to) =>
  new Promise((resolve, reject) => {
    const source = createReadStream(from);
    const sink = createWriteStream(to);
    source.on('data', (chunk) => sink.write(chunk));
    source.on('end', () => sink.end());
    source.on('error', reject);
    sink.on('finish', resolve);
  });
