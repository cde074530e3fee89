const fs = require('fs');

module.exports = function copy(from, to, done) {
  const source = fs.createReadStream(from);
  source.on('error', (err) => {
    if (err.code === 'ENOENT') return done(null);
    done(err);
  });
  source.pipe(fs.createWriteStream(to)).on('finish', done);
};
