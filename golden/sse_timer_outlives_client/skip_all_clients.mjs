import { createServer } from 'node:http';

const clients = new Set();

createServer((req, res) => {
  clients.add(res);
  res.once('close', () => clients.delete(res));
}).listen(8080);

setInterval(() => {
  for (const res of clients) res.write('data: tick\n\n');
}, 1000);
