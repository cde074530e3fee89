const fs = require('fs');

module.exports = function copy(from, to, done) {
  fs.createReadStream(from)
    .pipe(fs.createWriteStream(to))
    .on('close', (early) => done(early === true));
};
