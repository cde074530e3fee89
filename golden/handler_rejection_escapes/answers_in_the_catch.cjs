const fs = require('node:fs');
const { pipeline } = require('node:stream/promises');
const express = require('express');

const app = express();

app.get('/file', async (req, res) => {
  try {
    await pipeline(fs.createReadStream(process.env.EXPORT), res);
  } catch (err) {
    console.error(err.message);
    res.status(500).json({ error: 'failed' });
  }
});

module.exports = app;
