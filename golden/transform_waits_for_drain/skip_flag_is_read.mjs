import { Transform } from 'node:stream';

export class Flagged extends Transform {
  _transform(chunk, encoding, callback) {
    if (!this.push(chunk)) {
      this.held = true;
      this.once('drain', callback);
      return;
    }
    callback();
  }

  isHeld() {
    return this.held;
  }
}
