const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

exports.serve = (find) =>
  createServer(async (req, res) => {
    const file = await find(req.url);
    await pipeline(fs.createReadStream(file), fs.createWriteStream('copy.bin'));
    res.end('ok');
  });
