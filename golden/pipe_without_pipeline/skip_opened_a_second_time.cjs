const fs = require('fs');
const http = require('http');

http.createServer((req, res) => {
  let page = null;
  page = fs.createReadStream('page.html');
  if (req.url !== '/') {
    page = fs.createReadStream('missing.html');
  }
  page.pipe(res);
});
