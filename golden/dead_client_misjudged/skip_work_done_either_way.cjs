const express = require('express');

const app = express();

app.post('/job', async (req, res) => {
  const job = await req.app.locals.start(req.body);
  if (req.destroyed) {
    job.detach();
  }
  res.json(job);
});

module.exports = app;
