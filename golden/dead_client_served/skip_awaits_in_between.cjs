const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

// The client may as well leave after the source was opened: to ask before is no cure.
exports.serve = (find, headers) =>
  createServer(async (req, res) => {
    const source = fs.createReadStream(await find(req.url));
    const extra = await headers(req.url);
    res.writeHead(200, extra);
    await pipeline(source, res).catch(console.error);
  });
