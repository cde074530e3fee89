import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export class Doubled extends Transform {
  constructor() {
    super({ objectMode: true });
  }
  _transform(row, encoding, callback) {
    this.push(row * 2);
    callback();
  }
}

export const doubled = (from, to) => pipeline(from, new Doubled(), to);
