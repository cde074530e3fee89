import { createServer } from 'node:http';

createServer(async (req, res) => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  if (req.destroyed) return;
  for await (const chunk of req) console.log(chunk.length);
  res.end();
}).listen(8080);
