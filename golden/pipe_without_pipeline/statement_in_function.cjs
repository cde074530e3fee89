const fs = require('fs');
const zlib = require('zlib');

exports.rotate = function rotate(file) {
  const target = `${file}.gz`;
  fs.createReadStream(file).pipe(zlib.createGzip()).pipe(fs.createWriteStream(target));
  return target;
};
