import { Transform } from 'node:stream';

export class Fed extends Transform {
  _transform(chunk, encoding, callback) {
    this.push(chunk);
    callback();
  }

  feed(chunk, done) {
    if (this.write(chunk)) done();
    else this.once('drain', done);
  }
}
