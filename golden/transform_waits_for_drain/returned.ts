import { Transform, TransformCallback } from 'stream';

export class Copied extends Transform {
  _transform(chunk: Buffer, encoding: BufferEncoding, callback: TransformCallback): void {
    if (this.push(chunk) === false) {
      this.once('drain', callback);
      return;
    }
    callback();
  }
}
