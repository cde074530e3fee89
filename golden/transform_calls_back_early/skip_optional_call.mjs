import { Transform } from 'node:stream';
export class T extends Transform {
  _transform(chunk, enc, cb) {
    this.hook?.(chunk).then((x) => this.push(x));
    cb();
  }
}
