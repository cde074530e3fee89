const http = require('node:http');
const express = require('express');

// An answer that is sent closes the response, with its client still there.
http.createServer(async (req, res) => {
  res.statusCode = 202;
  res.end('accepted');
  await work();
  if (req.aborted) return;
  audit(res.statusCode);
}).listen(8080);

http.createServer(async (req, res) => {
  greet(res);
  await work();
  if (!req.destroyed) audit(res.getHeaders());
}).listen(8081);

const app = express();
app.use(async (req, res, next) => {
  next();
  await work();
  if (req.aborted) return;
  audit(res.statusCode);
});

module.exports = app;
