const fs = require('fs');
const { pipeline } = require('stream/promises');
const express = require('express');

const app = express();

app.get('/', async (req, res, next) => {
  try {
    await pipeline(fs.createReadStream('file.bin'), res);
  } catch (err) {
    next(err);
  }
});

app.get('/b', (req, res, next) => {
  pipeline(fs.createReadStream('file.bin'), res).catch(next);
});

app.get('/c', (req, res, next) => {
  pipeline(fs.createReadStream('file.bin'), res).then(() => console.log('sent'), next);
});

module.exports = app;
