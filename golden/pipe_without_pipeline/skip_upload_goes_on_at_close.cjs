const fs = require('node:fs');
const http = require('node:http');

exports.server = (target, store) =>
  http.createServer((req, res) => {
    const file = fs.createWriteStream(target);
    file.on('error', (err) => {
      res.statusCode = 507;
      res.end(err.message);
    });
    file.on('close', () => store(target, () => res.end('saved')));
    req.pipe(file);
  });
