const fs = require('fs');

module.exports = function copy(from, to, done) {
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);
  source.on('error', done);
  source.on('end', () => done(null, 'read'));
  target.on('finish', () => done(null, 'written'));
  source.pipe(target);
};
