const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

exports.serve = (find) =>
  createServer(async (req, res) => {
    let left = false;
    req.on('close', () => { left = true; });
    const file = await find(req.url);
    if (left) return;
    await pipeline(fs.createReadStream(file), res).catch(console.error);
  });
