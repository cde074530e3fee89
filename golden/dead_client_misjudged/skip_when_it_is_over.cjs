const express = require('express');
const onFinished = require('on-finished');

const app = express();

app.use((req, res, next) => {
  onFinished(res, () => {
    if (req.aborted) return;
    console.log(res.statusCode);
  });
  next();
});

module.exports = app;
