import fs from 'node:fs';
import http from 'node:http';

export const server = (page, now) =>
  http.createServer((req, res) => {
    if (req.url === '/events') {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' });
      setInterval(() => res.write(`data: ${now()}\n\n`), 20);
    } else {
      fs.createReadStream(page).pipe(res);
    }
  });
