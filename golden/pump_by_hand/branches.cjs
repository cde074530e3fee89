const https = require('node:https');
const http = require('node:http');

http
  .createServer(function (request, response) {
    https.get('https://example.org', function (message) {
      if (message.headers['content-length'] === undefined) {
        response.writeHead(message.statusCode);
        message.on('data', function (data) {
          response.write(data);
        });
        message.on('end', function () {
          response.end();
        });
        return;
      }
      const chunks = [];
      message.on('data', function (data) {
        chunks.push(data);
      });
      message.on('end', function () {
        response.end(Buffer.concat(chunks));
      });
    });
  })
  .listen(8080);
