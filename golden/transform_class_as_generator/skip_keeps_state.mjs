import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

class Numbered extends Transform {
  constructor() {
    super({ objectMode: true });
    this.count = 0;
  }
  _transform(row, encoding, callback) {
    this.push([(this.count += 1), row]);
    callback();
  }
}

export const numbered = (from, to) => pipeline(from, new Numbered(), to);
