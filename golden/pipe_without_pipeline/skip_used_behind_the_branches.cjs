const fs = require('fs');
const http = require('http');

http.createServer((req, res) => {
  const page = fs.createReadStream('page.html');
  if (req.method === 'GET') {
    page.pipe(res);
  } else {
    res.end();
  }
  http.globalAgent.emit('opened', page);
});
