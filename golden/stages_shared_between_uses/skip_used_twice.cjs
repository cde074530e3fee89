const http = require('http');
const zlib = require('zlib');

const gzip = zlib.createGzip();

http.createServer((req, res) => {
  req.pipe(gzip);
  gzip.pipe(res);
});
