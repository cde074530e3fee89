const express = require('express');

const app = express();

app.post('/smoke', express.json(), async function (req, res) {
  function isAborted() {
    return req.aborted;
  }
  const done = await req.app.locals.run({ isAborted });
  res.send(done);
});

module.exports = app;
