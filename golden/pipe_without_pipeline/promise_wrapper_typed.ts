import { createReadStream, createWriteStream } from 'node:fs';

export interface Copied {
  from: string;
  to: string;
}

export async function copy(from: string, to: string): Promise<Copied> {
  await new Promise<void>((resolve, reject) => {
    const reader = createReadStream(from);
    const writer = createWriteStream(to);
    reader.on('error', (err: Error) => reject(err));
    writer.on('error', (err: Error) => reject(err));
    writer.on('close', () => resolve());
    reader.pipe(writer);
  });
  return { from, to };
}
