import { Transform } from 'node:stream';
class Base extends Transform {
  _transform(chunk, enc, cb) {
    if (!chunk.length) return;
    cb(null, chunk);
  }
}
export class Sub extends Base {
  _transform(chunk, enc, cb) {
    super._transform(chunk, enc, cb);
    if (!chunk.length) cb();
  }
}
