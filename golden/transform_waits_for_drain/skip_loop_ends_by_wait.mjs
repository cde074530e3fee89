import { Transform } from 'node:stream';

export class Padded extends Transform {
  _transform(chunk, encoding, callback) {
    while (true) {
      if (!this.push(chunk)) {
        this.once('drain', callback);
        return;
      }
    }
    callback();
  }
}

export class Counted extends Transform {
  _transform(chunk, encoding, callback) {
    for (;;) {
      const more = this.push(chunk);
      if (!more) {
        this.once('drain', callback);
        return;
      }
    }
    callback();
  }
}

export class Drawn extends Transform {
  _transform(chunk, encoding, callback) {
    for (const part of this.draw(chunk)) {
      if (!this.push(part)) {
        this.once('drain', callback);
        return;
      }
    }
    callback();
  }
}

export class Endless extends Transform {
  _transform(chunk, encoding, callback) {
    for (let i = 0; i < Infinity; i++) {
      if (!this.push(chunk)) {
        this.once('drain', callback);
        return;
      }
    }
    callback();
  }
}

export class Lazy extends Transform {
  _transform(chunk, encoding, callback) {
    for (const part of this.draw().map((part) => part + chunk)) {
      if (!this.push(part)) {
        this.once('drain', callback);
        return;
      }
    }
    callback();
  }
}
