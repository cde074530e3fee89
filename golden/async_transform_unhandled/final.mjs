import { Writable } from 'node:stream';

export class Upload extends Writable {
  async _final(callback) {
    for await (const part of this.parts()) this.sizes.push(part.size);
    callback();
  }
}
