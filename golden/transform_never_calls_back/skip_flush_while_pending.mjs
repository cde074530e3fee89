import { Transform } from 'node:stream';
export class Batch extends Transform {
  constructor() { super({ objectMode: true }); this.pending = 0; }
  _transform(row, enc, cb) { this.pending++; save(row).then((r) => { this.pending--; }, (e) => this.destroy(e)); cb(); }
  _flush(cb) {
    if (this.pending > 0) return;
    cb();
  }
}
