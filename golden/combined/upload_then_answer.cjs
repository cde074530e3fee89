const express = require('express');
const fs = require('node:fs');
const path = require('node:path');

exports.app = (folder, allowed) => {
  const app = express();
  app.put('/files/:name', async (req, res) => {
    await allowed(req);
    const file = fs.createWriteStream(path.join(folder, req.params.name));
    req.pipe(file);
    file.on('error', (err) => res.status(500).json({ error: err.code }));
    file.on('finish', () => res.status(201).json({ name: req.params.name }));
  });
  return app;
};
