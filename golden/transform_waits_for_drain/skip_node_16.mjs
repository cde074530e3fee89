import { Transform } from 'node:stream';

export class Copied extends Transform {
  _transform(chunk, encoding, callback) {
    if (!this.push(chunk)) {
      this.once('drain', callback);
      return;
    }
    callback();
  }
}
