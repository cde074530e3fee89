const fs = require('fs');
const unzipper = require('unzipper');

module.exports = function unpack(from, path, done) {
  fs.createReadStream(from)
    .pipe(unzipper.Extract({ path }))
    .on('close', done);
};
