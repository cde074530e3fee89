const { createServer } = require('http');
const { setInterval } = require('./clock');

createServer((req, res) => {
  res.setHeader('Content-Type', 'text/event-stream');
  setInterval(() => res.write('data: tick\n\n'), 1000);
}).listen(8080);
