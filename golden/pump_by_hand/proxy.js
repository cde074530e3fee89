const http = require('http');

http.createServer((req, res) => {
  http.get(`http://127.0.0.1:9000${req.url}`, (upstream) => {
    res.writeHead(upstream.statusCode, upstream.headers);
    upstream.on('data', function (chunk) {
      res.write(chunk);
    });
    upstream.on('end', function () {
      res.end();
    });
  });
}).listen(8080);
