import { Transform } from 'node:stream';

export class Frames extends Transform {
  held = Buffer.alloc(0);

  _transform(chunk, encoding, callback) {
    this.held = Buffer.concat([this.held, chunk]);
    while (this.held.length >= 4 && this.held.length >= 4 + this.held.readUInt32BE(0)) {
      const size = this.held.readUInt32BE(0);
      this.push(this.held.subarray(4, 4 + size));
      this.held = this.held.subarray(4 + size);
    }
    callback();
  }
}
