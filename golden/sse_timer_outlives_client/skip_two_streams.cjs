const { createServer } = require('http');

exports.serve = (log) =>
  createServer((req, res) => {
    res.setHeader('Content-Type', 'text/event-stream');
    setInterval(() => {
      log.write('tick\n');
      res.write('data: tick\n\n');
    }, 1000);
  });
