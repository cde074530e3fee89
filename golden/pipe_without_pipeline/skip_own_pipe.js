const { Readable } = require('stream');

class Counted extends Readable {
  pipe(target, options) {
    this.targets += 1;
    return super.pipe(target, options);
  }
}

function patch(stream) {
  const original = stream.pipe;
  stream.pipe = function pipe(target) {
    this.inner.pipe(target);
    return original.call(this, target);
  };
}

module.exports = { Counted, patch };
