import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to, translate) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  source.on('data', async (chunk) => {
    sink.write(await translate(chunk));
  });
}
