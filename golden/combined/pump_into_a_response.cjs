const fs = require('node:fs');
const http = require('node:http');

exports.server = (file) =>
  http.createServer((req, res) => {
    const source = fs.createReadStream(file);
    source.on('data', (chunk) => res.write(chunk));
    source.on('end', () => res.end());
  });
