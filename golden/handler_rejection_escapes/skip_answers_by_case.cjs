const fs = require('fs');
const { pipeline } = require('stream/promises');
const express = require('express');

const app = express();

app.get('/file', async (req, res, next) => {
  try {
    await pipeline(fs.createReadStream('file.bin'), res);
  } catch (err) {
    if (err.code === 'ENOENT') res.sendStatus(404);
    else next(err);
  }
});

module.exports = app;
