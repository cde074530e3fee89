import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to) {
  const source = createReadStream(from);
  const sink = createWriteStream(to).on('error', (err) => console.error(err));
  source
    .on('error', (err) => console.error(err))
    .on('data', (chunk) => {
      sink.write(chunk); // whatever it says
    })
    .on('end', () => sink.end());
}
