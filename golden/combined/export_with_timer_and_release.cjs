const express = require('express');
const fs = require('node:fs');
const zlib = require('node:zlib');

exports.app = (file, slots, limit) => {
  const app = express();
  app.get('/export', async (req, res) => {
    const slot = await slots.acquire();
    res.on('close', () => slot.release());
    setTimeout(() => res.end(), limit);
    res.setHeader('Content-Encoding', 'gzip');
    fs.createReadStream(file).pipe(zlib.createGzip()).pipe(res);
  });
  return app;
};
