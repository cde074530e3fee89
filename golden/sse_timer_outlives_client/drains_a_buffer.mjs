import { createServer } from 'node:http';

export const serve = (pool) =>
  createServer((req, res) => {
    setInterval(() => {
      for (const row of pool.drain()) res.write(`data: ${row}\n\n`);
    }, 1000);
  });
