import { Readable, Transform } from 'node:stream';

const copies = new Readable({ read() {} });

export class Copied extends Transform {
  _transform(chunk, encoding, callback) {
    if (!copies.push(chunk)) {
      this.once('drain', callback);
      return;
    }
    callback();
  }
}
