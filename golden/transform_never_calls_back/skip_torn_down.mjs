import { Transform } from 'node:stream';

export class Limited extends Transform {
  _transform(chunk, encoding, callback) {
    this.left -= chunk.length;
    if (this.left < -100) {
      this.destroy(new Error('too long'));
      return;
    }
    if (this.left < -10) {
      this.emit('error', new Error('too long'));
      return;
    }
    if (this.left < 0) {
      this.push(null);
      return;
    }
    callback(null, chunk);
  }
}
