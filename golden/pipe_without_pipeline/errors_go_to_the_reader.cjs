const fs = require('fs');
const zlib = require('zlib');
const { PassThrough } = require('stream');

exports.open = function open(from) {
  const out = new PassThrough();
  const source = fs.createReadStream(from);
  const gunzip = zlib.createGunzip();
  source.on('error', (err) => gunzip.destroy(err));
  gunzip.on('error', (err) => out.emit('error', err));
  source.pipe(gunzip).pipe(out);
  return out;
};
