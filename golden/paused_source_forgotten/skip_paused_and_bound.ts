import { createReadStream, createWriteStream } from 'node:fs';

export function copy(from: string, to: string): void {
  const source = createReadStream(from);
  const sink = createWriteStream(to);
  source.on('data', (chunk) => {
    const more = sink.write(chunk);
    if (!more) {
      source.pause();
      sink.once('drain', source.resume.bind(source));
    }
  });
}
