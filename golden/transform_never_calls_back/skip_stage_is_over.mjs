import { Transform } from 'node:stream';

export class Parser extends Transform {
  _transform(chunk, encoding, callback) {
    if (this.destroyed || this.stopped) return;
    if (this.handle === null) {
      return;
    }
    callback(null, this.handle.read(chunk));
  }
}
