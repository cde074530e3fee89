const http = require('http');
const fs = require('fs');

http.createServer((req, res) => {
  if (req.url === '/slow') return setTimeout(() => res.end('late'), 1000);
  setTimeout(() => res.end(), 1000);
  fs.createReadStream('a').pipe(fs.createWriteStream('b'));
}).listen(0);
