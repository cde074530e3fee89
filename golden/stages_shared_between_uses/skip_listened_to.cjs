const http = require('http');
const zlib = require('zlib');

const gzip = zlib.createGzip();
gzip.on('error', (err) => console.error(err));

http.createServer((req, res) => {
  req.pipe(gzip).pipe(res);
});
