import { createReadStream } from 'node:fs';
import { Transform, Writable } from 'node:stream';

export class Include extends Transform {
  _transform(chunk, encoding, callback) {
    const part = createReadStream(String(chunk));
    part.on('data', (data) => this.write(data));
    part.on('end', () => this.end());
    callback();
  }
}

export const both = (one, other) =>
  new Writable({
    write(chunk, encoding, callback) {
      const part = createReadStream(String(chunk));
      part.on('data', (data) => one.write(data));
      part.on('end', callback);
    },
  });
