const fs = require('fs');
const http = require('http');

http.createServer((req, res) => {
  const file = fs.createReadStream(`public${req.url}`);
  file.on('error', () => res.end('gone'));
  file.pipe(res);
});
