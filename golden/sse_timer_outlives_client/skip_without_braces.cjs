const express = require('express');

const app = express();

app.get('/events', (req, res) => {
  res.setHeader('Content-Type', 'text/event-stream');
  if (req.query.live) setInterval(() => res.write('data: tick\n\n'), 1000);
});

module.exports = app;
