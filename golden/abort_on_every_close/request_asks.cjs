const fs = require('fs');
const express = require('express');
const { pipeline } = require('stream/promises');

const app = express();
app.use(express.json());

app.post('/report', async (req, res) => {
  const ac = new AbortController();
  req.on('close', function () {
    if (!res.writableEnded) ac.abort();
  });
  try {
    await pipeline(fs.createReadStream(process.env.REPORT), res, { signal: ac.signal });
  } catch (err) {
    console.error(err);
  }
});

module.exports = app;
