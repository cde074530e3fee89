const express = require('express');
const fs = require('node:fs');

exports.app = (find) => {
  const app = express();
  app.use(express.json());
  app.post('/report', async (req, res) => {
    const file = await find(req.body);
    if (req.destroyed) return;
    fs.createReadStream(file).pipe(res);
  });
  return app;
};
