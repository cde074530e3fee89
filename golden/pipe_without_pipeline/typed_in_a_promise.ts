import { createWriteStream } from 'node:fs';

export function buffer(stream: NodeJS.ReadableStream, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      stream.on('error', reject).pipe(createWriteStream(name)).on('finish', resolve);
    });
  });
}
