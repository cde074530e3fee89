import { Transform } from 'node:stream';

// Works in parallel, and waits at the end for what it has begun.
export class Packed extends Transform {
  working = 0;

  _transform(chunk, encoding, callback) {
    this.working += 1;
    this.pack(chunk).then((result) => {
      this.working -= 1;
      this.push(result);
      if (this.working === 0) this.emit('idle');
    });
    callback();
  }

  _flush(callback) {
    if (this.working === 0) callback();
    else this.once('idle', callback);
  }
}
