import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';

export async function save(body: Readable, to: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const file = createWriteStream(to);
    body.on('error', reject);
    body.pipe(file).on('finish', resolve).on('error', reject);
  });
}
