const fs = require('node:fs');
const path = require('node:path');
const { pipeline } = require('node:stream/promises');
const express = require('express');

const app = express();

app.get('/exports/:name', async (req, res) => {
  const file = path.join(process.env.EXPORTS, path.basename(req.params.name));
  await pipeline(fs.createReadStream(file), res);
});

module.exports = app;
