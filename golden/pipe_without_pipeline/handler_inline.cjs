const express = require('express');
const fs = require('fs');

const app = express();

app.get('/report', (req, res) => {
  res.type('csv');
  fs.createReadStream('report.csv').pipe(res);
});

module.exports = app;
