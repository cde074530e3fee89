import { createServer } from 'node:http';

export const serve = (stats) =>
  createServer((req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    setInterval(() => {
      res.write(`data: ${JSON.stringify(stats())}\n\n`);
    }, 20);
  });
