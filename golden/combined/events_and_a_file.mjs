import fs from 'node:fs';
import http from 'node:http';

export const server = (page) =>
  http.createServer((req, res) => {
    if (req.url === '/events') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      setInterval(() => res.write(`data: ${Date.now()}\n\n`), 1000);
    } else {
      fs.createReadStream(page).pipe(res);
    }
  });
