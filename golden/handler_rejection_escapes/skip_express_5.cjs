const fs = require('fs');
const { pipeline } = require('stream/promises');
const express = require('express');

const app = express();

app.get('/', async (req, res) => {
  await pipeline(fs.createReadStream('file.bin'), res);
});

module.exports = app;
