const express = require('express');

const app = express();

app.post('/rows', async (req, res) => {
  const rows = await req.app.locals.query();
  if (req.destroyed && !req.complete) return;
  res.json(rows);
});

module.exports = app;
