const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

exports.serve = (find) =>
  createServer(async (req, res) => {
    const source = fs.createReadStream(await find(req.url));
    await pipeline(source, res).catch((err) => {
      source.destroy();
      console.error(err);
    });
  });
