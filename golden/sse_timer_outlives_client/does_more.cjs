const { createServer } = require('http');

exports.serve = (counters) =>
  createServer((req, res) => {
    res.setHeader('Content-Type', 'text/event-stream');
    setInterval(() => {
      counters.refresh();
      res.write(`data: ${counters.total}\n\n`);
    }, 1000);
  });
