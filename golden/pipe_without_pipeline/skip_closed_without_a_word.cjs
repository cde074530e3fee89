const fs = require('fs');
const zlib = require('zlib');

module.exports = function unpack(from, to, done) {
  const source = fs.createReadStream(from);
  const target = fs.createWriteStream(to);
  source.on('error', () => target.destroy());
  source.pipe(zlib.createGunzip()).pipe(target).on('finish', () => done(to));
};
