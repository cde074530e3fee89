const { Transform } = require('stream');
const { pipeline } = require('stream');

class Doubled extends Transform {
  constructor() {
    super({ objectMode: true });
  }
  _transform(row, encoding, callback) {
    this.push(row * 2);
    callback();
  }
}

module.exports = (from, to) => pipeline(from.pipe(new Doubled()), to, () => {});
