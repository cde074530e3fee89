import { Transform } from 'node:stream';

export class Partly extends Transform {
  _transform(chunk, encoding, callback) {
    if (this.push(chunk)) {
      this._sent = true;
    } else {
      this.once('drain', callback);
    }
  }
}

export class EachTime extends Transform {
  _transform(chunk, encoding, callback) {
    for (const line of String(chunk).split('\n')) {
      if (this.push(line)) {
        callback();
      } else {
        this.once('drain', callback);
      }
    }
  }
}
