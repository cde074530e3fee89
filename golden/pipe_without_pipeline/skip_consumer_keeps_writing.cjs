const { Transform } = require('stream');
const zlib = require('zlib');

module.exports = function compressor(input) {
  const upper = new Transform({ transform: (chunk, encoding, done) => done(null, chunk) });
  const gzip = input.lines.pipe(upper).pipe(zlib.createGzip());
  upper.write('header');
  return gzip;
};
