const express = require('express');
const fs = require('node:fs');
const zlib = require('node:zlib');

exports.app = (file, limit, downloads) => {
  const app = express();
  app.get('/export', (req, res) => {
    downloads.running += 1;
    res.on('close', () => {
      downloads.running -= 1;
    });
    setTimeout(() => res.end(), limit);
    res.setHeader('Content-Encoding', 'gzip');
    fs.createReadStream(file).pipe(zlib.createGzip({ level: 0 })).pipe(res);
  });
  return app;
};
