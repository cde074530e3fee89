import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

class Upper extends Transform {
  _transform(chunk, encoding, callback) {
    this.push(chunk.toString().toUpperCase());
    callback();
  }
}

export const upper = (from, to) => pipeline(from, new Upper(), to);
