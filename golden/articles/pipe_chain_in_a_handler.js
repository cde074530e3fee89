const fs = require('node:fs');
const zlib = require('node:zlib');
const express = require('express');

const app = express();

app.get('/export', (req, res) => {
  res.setHeader('Content-Encoding', 'gzip');
  fs.createReadStream('export.csv').pipe(zlib.createGzip()).pipe(res);
});
