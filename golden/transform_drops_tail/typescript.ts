import { Transform, TransformCallback } from 'node:stream';

export class Lines extends Transform {
  private rest = '';

  override _transform(chunk: Buffer, encoding: BufferEncoding, callback: TransformCallback): void {
    this.rest += chunk.toString();
    const lines = this.rest.split(/\r?\n/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.push(`${line}\n`);
    callback();
  }
}
