import { createWriteStream, WriteStream } from 'node:fs';
import { Writable } from 'node:stream';

export class Log extends Writable {
  private readonly file: WriteStream = createWriteStream('log.txt');

  override _write(line: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void) {
    if (line.length === 0) {
      callback();
      return;
    }
    this.file.write(line, encoding);
    callback();
  }
}
