const fs = require('fs');
const zlib = require('zlib');

function serve(file, res, gzip) {
  let body = fs.createReadStream(file);
  if (gzip) {
    body = body.pipe(zlib.createGzip());
  }
  body.pipe(res);
}

module.exports = serve;
