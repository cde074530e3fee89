const express = require('express');

const app = express();

app.get('/rows', async (req, res) => {
  const rows = await req.app.locals.query();
  if (req.aborted || res.destroyed) return;
  res.json(rows);
});

module.exports = app;
