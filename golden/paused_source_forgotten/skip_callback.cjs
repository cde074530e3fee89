const { Transform } = require('stream');
const { createGzip } = require('zlib');

class Packed extends Transform {
  constructor(options) {
    super(options);
    this.gzip = createGzip();
    this.gzip.on('data', (chunk) => this.push(chunk));
  }

  _transform(chunk, encoding, callback) {
    if (!this.gzip.write(chunk, encoding)) {
      this.gzip.once('drain', callback);
    } else {
      callback();
    }
  }
}

exports.writeAll = function (writer, lines, done) {
  write();
  function write() {
    let more = true;
    while (lines.length > 1 && more) {
      more = writer.write(lines.shift());
    }
    if (lines.length > 1) writer.once('drain', write);
    else writer.end(lines[0], done);
  }
};

exports.Packed = Packed;
