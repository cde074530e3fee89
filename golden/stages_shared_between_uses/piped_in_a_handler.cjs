const http = require('http');
const fs = require('fs');
const zlib = require('zlib');

const gzip = zlib.createGzip({ level: 1 }), page = 'index.html';

http.createServer((req, res) => {
  res.setHeader('content-encoding', 'gzip');
  fs.createReadStream(page).pipe(gzip).pipe(res);
});
