import { Transform } from 'node:stream';

export class Late extends Transform {
  _transform(chunk, encoding, callback) {
    this._callback = callback;
    if (!this.push(chunk)) {
      this.once('drain', callback);
      return;
    }
    callback();
  }
}
