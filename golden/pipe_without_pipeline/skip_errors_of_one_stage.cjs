const fs = require('fs');
const zlib = require('zlib');

module.exports = function unpack(from, to, plain, done) {
  fs.createReadStream(from)
    .on('error', () => done(new Error('no archive at ' + from)))
    .pipe(zlib.createGunzip())
    .on('error', () => plain(from, done))
    .pipe(fs.createWriteStream(to));
};
