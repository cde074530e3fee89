const fs = require('fs');
const http = require('http');

http.createServer((req, res) => {
  switch (req.url) {
    case '/app.js':
      res.setHeader('content-type', 'text/javascript');
      fs.createReadStream('app.js').pipe(res);
      break;
    case '/app.css': {
      res.setHeader('content-type', 'text/css');
      fs.createReadStream('app.css').pipe(res);
      return;
    }
    default:
      fs.createReadStream('index.html').pipe(res);
  }
});
