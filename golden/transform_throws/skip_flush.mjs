import { Transform } from 'node:stream';

// Node catches what `flush` throws.
export class Whole extends Transform {
  _transform(chunk, encoding, callback) {
    this.text += chunk;
    callback();
  }

  _flush(callback) {
    callback(null, JSON.parse(this.text));
  }
}
