import { Transform } from 'node:stream';
export class T extends Transform {
  _transform(chunk, enc, cb) {
    work(chunk).then((cb) => this.push(cb));
    cb();
  }
}
