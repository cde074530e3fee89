const http = require('http');

const open = new Set();

http.createServer((req, res) => {
  open.add(res);
  const timer = setInterval(() => res.write(': still here\n\n'), 1000);
  res.on('close', () => open.delete(res));
  res.on('close', () => console.log('closed', req.url));
  req.on('close', () => clearInterval(timer));
  req.on('close', () => {
    open.delete(res);
  });
}).listen(0);
