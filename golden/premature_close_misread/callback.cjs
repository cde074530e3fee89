const express = require('express');
const fs = require('fs');
const { pipeline } = require('stream');

const app = express();

app.get('/one', (req, res, next) => {
  pipeline(fs.createReadStream(process.env.FILE), res, (err) => {
    if (err && err.code !== 'ERR_STREAM_PREMATURE_CLOSE') next(err);
  });
});

app.get('/two', (req, res, next) => {
  pipeline(fs.createReadStream(process.env.FILE), res, function (err) {
    if (err) {
      if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      console.error(err);
    }
  });
});

app.get('/three', (req, res) => {
  pipeline(fs.createReadStream(process.env.FILE), res, (err) => {
    if (err?.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      console.log('client left');
    } else if (err) {
      console.error(err);
    }
  });
});

module.exports = app;
