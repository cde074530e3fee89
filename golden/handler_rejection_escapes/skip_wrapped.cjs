const fs = require('fs');
const { pipeline } = require('stream/promises');
const express = require('express');
const asyncHandler = require('express-async-handler');

const app = express();

app.get('/', asyncHandler(async (req, res) => {
  await pipeline(fs.createReadStream('file.bin'), res);
}));

module.exports = app;
