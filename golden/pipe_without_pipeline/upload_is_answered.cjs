const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

exports.server = (folder) =>
  http.createServer((req, res) => {
    const file = fs.createWriteStream(path.join(folder, path.basename(req.url)));
    file.on('error', (err) => {
      res.statusCode = 507;
      res.end(err.message);
    });
    file.on('finish', () => res.end('saved'));
    req.pipe(file);
  });
