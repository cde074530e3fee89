import { createReadStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';

export class Log {
  constructor(private readonly out: Writable) {}

  add(path: string): void {
    const part = createReadStream(path);
    part.on('data', (chunk) => this.out.write(chunk));
    part.on('end', () => this.out.end());
  }
}

export function forward(source: Readable, sink: Writable): void {
  source.on('data', (chunk) => sink.write(chunk));
  source.on('end', () => sink.end());
}
