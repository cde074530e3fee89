const fs = require('fs');
const http = require('http');

http.createServer((req, res) => {
  const target = fs.createWriteStream('/tmp/upload');
  target.on('finish', () => res.end('ok'));
  req.pipe(target);
}).listen(8080);
