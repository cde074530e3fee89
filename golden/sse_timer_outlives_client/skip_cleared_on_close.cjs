const express = require('express');

const app = express();

app.get('/events', (req, res) => {
  const timer = setInterval(() => res.write('data: tick\n\n'), 1000);
  req.on('close', () => clearInterval(timer));
});

module.exports = app;
