const fs = require('fs');
const zlib = require('zlib');
const { PassThrough } = require('stream');

module.exports = function open(from) {
  const out = new PassThrough();
  const source = fs.createReadStream(from);
  source.on('error', (err) => out.destroy(err));
  source.pipe(zlib.createGunzip()).pipe(out);
  return out;
};
