import { createServer } from 'node:http';

export const serve = (queue) =>
  createServer((req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    setInterval(() => {
      if (queue.length > 0) res.write(`data: ${queue.shift()}\n\n`);
    }, 100);
  });
