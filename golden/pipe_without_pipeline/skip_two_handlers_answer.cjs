const fs = require('fs');
const zlib = require('zlib');

module.exports = (req, res) => {
  const page = fs.createReadStream('page.html');
  const gzip = zlib.createGzip();
  page.on('error', () => res.writeHead(404).end());
  gzip.on('error', () => res.writeHead(500).end());
  page.pipe(gzip).pipe(res);
};
