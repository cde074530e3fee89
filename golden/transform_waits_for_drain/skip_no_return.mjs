import { Transform } from 'node:stream';

export class Twice extends Transform {
  _transform(chunk, encoding, callback) {
    if (!this.push(chunk)) {
      this.once('drain', callback);
    }
    this.count += 1;
  }
}
