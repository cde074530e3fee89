const express = require('express');

const app = express();

app.post('/report', express.json(), async (req, res) => {
  const rows = await req.app.locals.query(req.body);
  // The client may have left during the query.
  if (req.destroyed) return res.end();
  res.json(rows);
});

module.exports = app;
