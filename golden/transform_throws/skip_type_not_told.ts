import { Transform, type TransformCallback } from 'node:stream';

export class Rows extends Transform {
  override _transform(line: string, _: BufferEncoding, done: TransformCallback): void {
    const row = JSON.parse(line);
    const names = Object.keys(row).filter((name) => row[name]);
    done(null, names);
  }
}
