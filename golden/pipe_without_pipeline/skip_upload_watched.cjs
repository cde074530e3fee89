const fs = require('node:fs');
const http = require('node:http');

exports.server = (target) =>
  http.createServer((req, res) => {
    const file = fs.createWriteStream(target);
    req.on('aborted', () => file.destroy());
    file.on('error', (err) => {
      res.statusCode = 507;
      res.end(err.message);
    });
    file.on('finish', () => res.end('saved'));
    req.pipe(file);
  });
