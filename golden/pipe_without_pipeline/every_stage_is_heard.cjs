const fs = require('fs');
const zlib = require('zlib');

module.exports = function archive(from, to) {
  fs.createReadStream(from)
    .on('error', (err) => console.error(err))
    .pipe(zlib.createGzip())
    .on('error', (err) => console.error(err))
    .pipe(fs.createWriteStream(to))
    .on('error', (err) => console.error(err));
};
