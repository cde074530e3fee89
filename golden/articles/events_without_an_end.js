const http = require('node:http');

http.createServer((req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  setInterval(() => res.write(`data: ${Date.now()}\n\n`), 1000);
});
