import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from, to) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  source.on('data', (chunk) => {
    if (!sink.write(chunk)) {
      source.pause();
      sink.once('drain', () => source.resume());
    }
  });
  source.on('end', () => sink.end());
}

export function counted(from, to) {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  let waiting = 0;
  source.on('data', (chunk) => {
    source.pause();
    waiting += 1;
    sink.write(chunk, () => {
      waiting -= 1;
      source.resume();
    });
  });
}
