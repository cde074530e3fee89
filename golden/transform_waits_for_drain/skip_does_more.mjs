import { Transform } from 'node:stream';

export class Told extends Transform {
  _transform(chunk, encoding, callback) {
    if (!this.push(chunk)) {
      this.once('drain', () => {
        this.emit('more');
        callback();
      });
      return;
    }
    callback();
  }
}
