import { Transform } from 'node:stream';

export class Packed extends Transform {
  _transform(chunk, encoding, callback) {
    if (!this.codec) return;
    this.push(this.codec.pack(chunk));
    callback();
  }
}
