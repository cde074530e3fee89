import { Transform } from 'node:stream';

export class Parts extends Transform {
  _transform(chunk, encoding, callback) {
    const parts = this.cut(chunk);
    const next = () => {
      while (parts.length > 0) {
        if (!this.push(parts.shift())) {
          this.once('drain', next);
          return;
        }
      }
      callback();
    };
    next();
  }
}
