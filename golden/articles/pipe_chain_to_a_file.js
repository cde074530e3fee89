const fs = require('node:fs');
const zlib = require('node:zlib');

exports.pack = function pack(from, to) {
  return new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(zlib.createGzip())
      .pipe(fs.createWriteStream(to))
      .on('finish', resolve)
      .on('error', reject);
  });
};
