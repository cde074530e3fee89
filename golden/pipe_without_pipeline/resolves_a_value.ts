import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';

export class Store {
  constructor(private readonly root: string) {}

  async put(name: string, from: string): Promise<string> {
    const to = join(this.root, name);
    return new Promise<string>((resolve, reject) => {
      createReadStream(from)
        .on('error', reject)
        .pipe(createWriteStream(to))
        .on('error', reject)
        .on('finish', () => resolve(to));
    });
  }
}
