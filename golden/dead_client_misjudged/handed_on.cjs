const { createServer } = require('http');
const { text } = require('stream/consumers');
const { route } = require('./routes');

createServer(async (req, res) => {
  const body = await text(req);
  if (req.destroyed) return;
  await route(req, res, body);
}).listen(8080);
