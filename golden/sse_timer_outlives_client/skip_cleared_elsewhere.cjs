const express = require('express');

const app = express();
const timers = new Map();

app.get('/events', (req, res) => {
  const timer = setInterval(() => res.write('data: tick\n\n'), 1000);
  timers.set(req.query.id, timer);
});

app.get('/stop', (req, res) => {
  clearInterval(timers.get(req.query.id));
  res.end();
});

module.exports = app;
