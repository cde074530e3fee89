import { createServer } from 'node:http2';

export const serve = (lookup) =>
  createServer(async (req, res) => {
    const found = await lookup(req.url);
    if (req.destroyed) {
      return;
    }
    res.end(found.render());
  });
