const express = require('express');

const app = express();

app.post('/report', express.json(), async (req, res) => {
  const rows = await req.app.locals.query(req.body);
  if (req.destroyed) return;
  res.json(rows);
});

module.exports = app;
