const fs = require('fs');
const express = require('express');

const app = express();

app.put('/file', async (req, res) => {
  await req.app.locals.reserve(req.headers['content-length']);
  // About the upload: there is nothing to receive any more.
  if (req.destroyed) return res.end();
  req.pipe(fs.createWriteStream('upload.bin'));
  req.on('end', () => res.end('ok'));
});

module.exports = app;
