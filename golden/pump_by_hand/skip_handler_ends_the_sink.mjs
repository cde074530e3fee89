import fs from 'node:fs';

export function copy(from, to) {
  const source = fs.createReadStream(from);
  const sink = fs.createWriteStream(to);
  source.on('error', (err) => {
    sink.end(`failed: ${err.message}`);
  });
  source.on('data', (chunk) => sink.write(chunk));
  source.on('end', () => sink.end());
}
