const { createServer } = require('http');

const clients = new Set();

// Asks for the same that it listens for.
createServer((req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  clients.add(res);
  req.on('close', () => clients.delete(res));
  if (req.destroyed) {
    clients.delete(res);
    return;
  }
  res.write('data: hello\n\n');
}).listen(8080);
