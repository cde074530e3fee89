const fs = require('fs');

module.exports = function copy(from, to, done) {
  const source = fs.createReadStream(from);
  source.on('error', done);
  source.on('end', () => done(null, source.bytesRead));
  source.pipe(fs.createWriteStream(to));
};
