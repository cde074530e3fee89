import { pipeline, Transform } from 'node:stream';

class Late extends Transform {
  constructor() {
    super({ objectMode: true });
  }
  _transform(item, encoding, callback) {
    setTimeout(() => callback(null, item), 5);
  }
}

class Counted extends Transform {
  constructor() {
    super({ objectMode: true });
    console.log('made');
  }
  _transform(item, encoding, callback) {
    callback(null, item);
  }
}

export const late = (from, to) => pipeline(from, new Late(), to, console.error);
export const counted = (from, to) => pipeline(from, new Counted(), to, console.error);
