const express = require('express');

const app = express();

app.post('/zip', express.json(), (req, res, next) => {
  req.app.locals.pack(req.body, (err, zip) => {
    if (err) return next(err);
    if (req.aborted) {
      return;
    }
    res.send(zip.read());
  });
});

module.exports = app;
