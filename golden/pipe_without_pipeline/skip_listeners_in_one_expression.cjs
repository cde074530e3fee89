const fs = require('fs');

module.exports = function copy(from, to, done) {
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);
  source.on('error', done), target.on('error', done);
  source.pipe(target).on('finish', done);
};
