import { Transform } from 'node:stream';

export class Noted extends Transform {
  _transform(chunk, encoding, callback) {
    this.notes?.push(JSON.parse(chunk));
    callback(null, chunk);
  }
}
