const fs = require('fs');

module.exports = function copy(from, to, strict, done) {
  const source = fs.createReadStream(from);
  if (strict) {
    source.on('error', done);
  }
  source.pipe(fs.createWriteStream(to)).on('finish', done);
};
