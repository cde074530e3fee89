const express = require('express');
const fs = require('node:fs');
const zlib = require('node:zlib');
const slots = require('./slots.cjs');

const app = express();

app.get('/export/:name', async (req, res) => {
  const slot = await slots.acquire();
  res.on('close', () => slot.release());
  setTimeout(() => res.end(), 30000);
  res.setHeader('Content-Encoding', 'gzip');
  fs.createReadStream(`/srv/${req.params.name}.csv`).pipe(zlib.createGzip()).pipe(res);
});

module.exports = app;
