import { createWriteStream, WriteStream } from 'node:fs';

export class Log {
  private out: WriteStream = createWriteStream('log.txt');
  constructor() {
    setInterval(() => console.log(this.out.writableLength), 1000);
  }
}
