const express = require('express');

const app = express();

app.post('/report', express.json(), async (req, res) => {
  const controller = new AbortController();
  res.on('close', () => controller.abort());
  req.on('close', () => console.log('request is over'));
  const rows = await req.app.locals.query(req.body, controller.signal);
  if (req.destroyed) return;
  res.json(rows);
});

module.exports = app;
