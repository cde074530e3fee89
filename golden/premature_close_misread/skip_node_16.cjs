const { createReadStream } = require('fs');
const express = require('express');
const { pipeline } = require('stream/promises');

const app = express();

app.get('/export', async (req, res) => {
  const source = createReadStream(process.env.FILE);
  try {
    await pipeline(source, res);
  } catch (err) {
    source.destroy();
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      console.log('client disconnected');
      return;
    }
    console.error('export failed', err);
  }
});

module.exports = app;
