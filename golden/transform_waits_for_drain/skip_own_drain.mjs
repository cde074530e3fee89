import { Transform } from 'node:stream';

export class Told extends Transform {
  _read(size) {
    this.emit('drain');
    super._read(size);
  }

  _transform(chunk, encoding, callback) {
    if (!this.push(chunk)) {
      this.once('drain', callback);
      return;
    }
    callback();
  }
}
