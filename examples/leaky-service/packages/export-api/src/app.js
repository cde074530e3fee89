'use strict';

const fs = require('node:fs');
const path = require('node:path');
const zlib = require('node:zlib');
const express = require('express');

const { archive } = require('./archive.js');
const { OrdersToCsv } = require('./csv.js');

function createApp({ dataDir, archiveDir, exportTimeout = 30_000 }) {
  const app = express();

  // A router parameter never holds a slash, so a name cannot climb out of dataDir.
  app.param('name', (req, res, next, name) => {
    if (!/^[\w-]+$/.test(name)) return res.sendStatus(400);
    const file = path.join(dataDir, `${name}.ndjson`);
    fs.access(file, (error) => {
      if (error) return res.sendStatus(404);
      req.file = file;
      next();
    });
  });

  app.get('/exports/:name.csv', (req, res) => {
    res.set({ 'Content-Type': 'text/csv; charset=utf-8', 'Content-Encoding': 'gzip' });

    // Nobody waits longer than that for a spreadsheet.
    setTimeout(() => res.end(), exportTimeout);

    fs.createReadStream(req.file).pipe(new OrdersToCsv()).pipe(zlib.createGzip()).pipe(res);
  });

  app.get('/downloads/:name', (req, res) => {
    res.attachment(path.basename(req.file));
    fs.createReadStream(req.file).pipe(res);
  });

  app.post('/archives/:name', (req, res, next) => {
    archive(req.file, archiveDir)
      .then((stored) => res.status(201).json(stored))
      .catch(next);
  });

  app.use((error, req, res, next) => {
    if (res.headersSent) return next(error);
    res.status(500).json({ error: error.code ?? 'INTERNAL' });
  });

  return app;
}

module.exports = { createApp };
