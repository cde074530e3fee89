const zlib = require('zlib');

module.exports = (body, out) => {
  const gzip = zlib.createGzip();
  gzip.pipe(out);
  gzip.write(Buffer.concat([body, Buffer.allocUnsafe(512 - (body.length % 512))]));
  gzip.end(Buffer.allocUnsafe(1024));
};
