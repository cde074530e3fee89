const fs = require('fs');
const zlib = require('zlib');
const express = require('express');

const app = express();

app.get('/log', function (req, res, next) {
  fs.createReadStream(process.env.LOG)
    .on('error', next)
    .pipe(zlib.createGzip({ level: 0 }))
    .on('error', next)
    .pipe(res);
});

app.use((err, req, res, next) => {
  console.error(err.message);
  if (res.headersSent) return next(err);
  res.status(404).json({ error: 'no log' });
});

module.exports = app;
