import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Transform, Writable } from 'node:stream';

const copy = createWriteStream('copy');

export class Tee extends Writable {
  async _write(chunk, encoding, callback) {
    if (!copy.write(chunk)) await once(copy, 'drain');
    callback();
  }
}

export const lines = new Transform({
  async transform(chunk, encoding, callback) {
    if (!copy.write(chunk)) await once(copy, 'drain');
    callback(null, chunk);
  },
});
