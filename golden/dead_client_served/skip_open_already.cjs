const fs = require('node:fs');
const express = require('express');
const { pipeline } = require('node:stream/promises');

// The file is open before its stream is made, which is all that ever closes it.
const app = express();

app.get('/handle', async (req, res, next) => {
  const handle = await fs.promises.open('file.bin');
  const source = handle.createReadStream();
  await pipeline(source, res).catch(next);
});

app.get('/descriptor', async (req, res, next) => {
  const fd = await new Promise((resolve, reject) => {
    fs.open('file.bin', (err, opened) => (err ? reject(err) : resolve(opened)));
  });
  await pipeline(fs.createReadStream('', { fd }), res).catch(next);
});

app.get('/options', async (req, res, next) => {
  const options = await req.app.locals.open(req.query.name);
  await pipeline(fs.createReadStream('', options), res).catch(next);
});

module.exports = app;
