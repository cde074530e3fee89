const { Transform } = require('stream');

class Repeated extends Transform {
  _transform(chunk, encoding, callback) {
    for (let i = 0; i < chunk.length; i += 2) {
      if (!this.push(chunk.subarray(i, i + 2))) {
        this.once('drain', callback);
        return;
      }
    }
    callback();
  }
}

module.exports = Repeated;
