import { Transform } from 'node:stream';

export class Batches extends Transform {
  rows = [];

  _transform(row, encoding, callback) {
    this.rows.push(row);
    if (this.rows.length >= 100) {
      this.push(this.rows);
      this.rows = [];
    }
    callback();
  }
}
