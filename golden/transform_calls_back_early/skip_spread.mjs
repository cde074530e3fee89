import { Transform } from 'node:stream';
export class T extends Transform {
  _transform(chunk, enc, cb) {
    work(chunk).then((x) => this.push(...x));
    cb();
  }
}
