const fs = require('fs');
const zlib = require('zlib');

exports.open = (name) => {
  return fs.createReadStream(name, { highWaterMark: 1 << 20 }) // whole blocks
    .pipe(zlib.createBrotliDecompress({ chunkSize: 1 << 20 }));
};
