const archiver = require('archiver');
const express = require('express');

const app = express();

app.get('/backup', (req, res) => {
  const archive = archiver('zip');
  res.attachment('backup.zip');
  archive.pipe(res);
  archive.directory('data', false);
  archive.finalize();
});

module.exports = app;
