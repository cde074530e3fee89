const fs = require('fs');

module.exports = function copy(from, to, begun, done) {
  const source = fs.createReadStream(from).once('error', (err) => done(err, from));
  const target = fs.createWriteStream(to);
  target.on('open', begun).on('error', (err) => done(err, to));
  source.pipe(target);
};
