const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

exports.serve = (find) =>
  createServer(async (req, res) => {
    const file = await find(req.url);
    if (res.destroyed) return;
    await pipeline(fs.createReadStream(file), res).catch(console.error);
  });
