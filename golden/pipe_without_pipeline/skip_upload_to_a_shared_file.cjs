const fs = require('node:fs');
const http = require('node:http');

exports.server = (file) =>
  http.createServer((req, res) => {
    file.once('error', (err) => {
      res.statusCode = 507;
      res.end(err.message);
    });
    file.once('finish', () => res.end('saved'));
    req.pipe(file);
  });
