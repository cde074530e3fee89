import { createServer } from 'node:http';

createServer((req, res) => {
  setInterval(function () {
    if (res.destroyed) return clearInterval(this);
    res.write('data: tick\n\n');
  }, 1000);
}).listen(8080);
