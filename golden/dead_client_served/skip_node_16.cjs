const fs = require('node:fs');
const { pipeline } = require('node:stream/promises');
const express = require('express');

const app = express();

app.get('/exports/:id', async (req, res, next) => {
  const file = await req.app.locals.find(req.params.id);
  res.setHeader('Content-Type', 'text/csv');
  try {
    await pipeline(fs.createReadStream(file), res);
  } catch (err) {
    next(err);
  }
});

module.exports = app;
