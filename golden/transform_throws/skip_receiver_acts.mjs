import { Transform } from 'node:stream';
export class T extends Transform {
  _transform(chunk, enc, cb) {
    this.next().push(JSON.parse(chunk));
    (this.list ||= []).push(JSON.parse(chunk));
    cb();
  }
}
