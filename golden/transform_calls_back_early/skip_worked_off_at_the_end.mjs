import { Transform } from 'node:stream';
export class T extends Transform {
  _transform(row, enc, cb) {
    this.batch.add(row).then((x) => this.push(x));
    cb();
  }
  _flush(cb) { this.batch.flush(); cb(); }
}
