const { createServer } = require('http');

createServer((req, res) => {
  req.on('close', () => {
    if (req.aborted) return;
    res.end('bye');
  });
  req.resume();
}).listen(8080);
