const fs = require('fs');
const zlib = require('zlib');
const express = require('express');

const app = express();

app.get('/log', function (req, res, next) {
  if (!process.env.LOG) return next();
  res.setHeader('Content-Encoding', 'gzip');
  fs.createReadStream(process.env.LOG).pipe(zlib.createGzip({ level: 0 })).pipe(res);
});

app.use((err, req, res, next) => {
  console.error(err.message);
  res.status(500).json({ error: 'internal' });
});

module.exports = app;
