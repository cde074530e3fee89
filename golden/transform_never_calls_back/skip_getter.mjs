import { Transform } from 'node:stream';

export class Picked extends Transform {
  get _transform() {
    return this.upper ? this._upper : this._plain;
  }

  _upper(chunk, encoding, callback) {
    callback(null, chunk.toString().toUpperCase());
  }

  _plain(chunk, encoding, callback) {
    callback(null, chunk);
  }
}
