import { createServer } from 'node:http';

export const serve = (login) =>
  createServer(async (req, res) => {
    const user = await login(req);
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const timer = setInterval(() => {
      res.write(`data: ${user.unread()}\n\n`);
    }, 20);
  });
