import { Transform } from 'node:stream';

export class Gated extends Transform {
  push(chunk) {
    this.queue.push(chunk);
    return this.queue.length < 10;
  }

  _transform(chunk, encoding, callback) {
    if (!this.push(chunk)) {
      this.once('drain', callback);
      return;
    }
    callback();
  }
}
