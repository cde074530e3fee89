import { createWriteStream, WriteStream } from 'node:fs';
import { PassThrough } from 'node:stream';

export class Log {
  private readonly lines = new PassThrough();
  private file?: WriteStream;

  open(name: string): void {
    this.file = createWriteStream(name);
    this.lines.pipe(this.file);
  }
}
