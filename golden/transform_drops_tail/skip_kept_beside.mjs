import { Transform } from 'node:stream';

export class Copied extends Transform {
  chunks = [];

  _transform(chunk, encoding, callback) {
    this.chunks.push(chunk);
    this.push(chunk);
    callback();
  }
}
