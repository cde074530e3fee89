const fs = require('fs');

module.exports = function move(from, to, done) {
  const reader = fs.createReadStream(from);
  reader.on('close', () => fs.unlink(from, done));
  reader.pipe(fs.createWriteStream(to));
};
