import { once } from 'node:events';
import { createWriteStream, WriteStream } from 'node:fs';

export class Log {
  private out?: WriteStream;

  open(path: string): void {
    this.out = createWriteStream(path);
  }

  async lines(texts: string[]): Promise<void> {
    for (const text of texts) {
      if (!this.out!.write(text)) await once(this.out!, 'drain');
    }
    await Promise.all(
      texts.map(async (text) => {
        if (this.out?.write(text) === false) {
          await new Promise<void>((resolve) => this.out!.once('drain', () => resolve()));
        }
      }),
    );
  }
}
