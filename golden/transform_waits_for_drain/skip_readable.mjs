import { Readable } from 'node:stream';

export class Ticks extends Readable {
  _read() {
    if (!this.push('tick')) this.once('drain', () => this._read());
  }
}
