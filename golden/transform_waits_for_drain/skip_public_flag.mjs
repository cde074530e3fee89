import { Transform } from 'node:stream';

export class Halting extends Transform {
  _transform(chunk, encoding, callback) {
    if (!this.push(chunk)) {
      this.waiting = true;
      this.once('drain', callback);
      return;
    }
    callback();
  }
}
