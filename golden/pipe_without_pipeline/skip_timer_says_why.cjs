const fs = require('fs');
const http = require('http');

exports.server = (report, limit) =>
  http.createServer((req, res) => {
    const timer = setTimeout(() => res.end('too late'), limit);
    res.on('finish', () => clearTimeout(timer));
    fs.createReadStream(report).pipe(res);
  });
