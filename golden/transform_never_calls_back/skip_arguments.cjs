const { Transform } = require('stream');

class Logged extends Transform {
  _transform(chunk, encoding, callback) {
    if (chunk.length === 0) return;
    super._transform.apply(this, arguments);
  }
}

module.exports = Logged;
