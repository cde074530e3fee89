const express = require('express');

const app = express();

app.post('/job', express.json(), async (req, res) => {
  if (!req.body.id) {
    return res.status(400).end();
  }
  const rows = await req.app.locals.load(req.body.id);
  if (req.destroyed) return;
  res.json(rows);
});

module.exports = app;
