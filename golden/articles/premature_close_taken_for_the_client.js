const fs = require('node:fs');
const express = require('express');
const { pipeline } = require('node:stream/promises');

const app = express();

app.get('/export', async (req, res) => {
  const source = fs.createReadStream('export.csv');
  try {
    await pipeline(source, res);
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      console.log('client disconnected');
      return;
    }
    throw err;
  }
});
