const express = require('express');
const fs = require('fs');
const zlib = require('zlib');
const { pipeline } = require('stream/promises');

const app = express();

app.get('/log', (req, res, next) => {
  const log = fs.createReadStream(process.env.LOG);
  const gzip = zlib.createGzip();
  res.setHeader('Content-Encoding', 'gzip');
  pipeline(log, gzip, res).catch(next);
});

app.get('/raw', (req, res, next) => {
  const log = fs.createReadStream(process.env.LOG)
  pipeline(log, res).catch((err) => next(err));
});

module.exports = app;
