const express = require('express');
const fs = require('node:fs');
const { allowed } = require('./allowed.cjs');

const app = express();

app.put('/files/:name', async (req, res) => {
  await allowed(req);
  const file = fs.createWriteStream(`/srv/${req.params.name}`);
  req.pipe(file);
  file.on('error', (err) => res.status(500).json({ error: err.code }));
  file.on('finish', () => res.status(201).json({ name: req.params.name }));
});

module.exports = app;
