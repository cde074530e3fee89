const fs = require('fs');

module.exports = function copy(from, to, done) {
  const source = fs.createReadStream(from);
  source.on('error', done);
  source.once('open', () => source.off('error', done));
  source.pipe(fs.createWriteStream(to));
};
