const { Transform } = require('stream');
const zlib = require('zlib');

class Packed extends Transform {
  _transform(chunk, encoding, callback) {
    const self = this;
    zlib.gzip(chunk, function (err, packed) {
      if (packed) self.push(packed);
    });
    callback();
  }
}

module.exports = Packed;
