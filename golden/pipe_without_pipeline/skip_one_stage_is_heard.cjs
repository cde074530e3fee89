const fs = require('fs');
const zlib = require('zlib');

module.exports = function archive(from, to, done) {
  fs.createReadStream(from)
    .on('close', () => console.log('read', from))
    .pipe(zlib.createGzip())
    .on('error', (err) => console.error(err))
    .pipe(fs.createWriteStream(to)).on('finish', () => done(to));
};
