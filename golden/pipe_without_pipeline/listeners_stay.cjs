const fs = require('fs');
const zlib = require('zlib');

module.exports = function archive(from, to, done) {
  fs.createReadStream(from)
    .on('end', () => console.log('read', from))
    .pipe(zlib.createGzip())
    .pipe(fs.createWriteStream(to)).on('finish', () => done(to));
};
