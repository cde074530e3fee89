const fs = require('fs');

module.exports = function copy(from, to, done) {
  let failed = null;
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);
  target.on('error', (err) => {
    failed = err;
  });
  target.on('close', () => done(failed));
  source.pipe(target);
};
