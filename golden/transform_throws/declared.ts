import { Transform, type TransformCallback } from 'node:stream';

interface Entry {
  id: string;
  url?: string;
}

export class Entries extends Transform {
  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const entry: Entry = JSON.parse(
      chunk.toString(),
    );
    const url = new URL(String(entry.url));
    this.push({ ...entry, host: url.host });
    done();
  }
}
