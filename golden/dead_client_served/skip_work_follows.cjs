const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

exports.serve = (find, counters) =>
  createServer(async (req, res) => {
    const file = await find(req.url);
    try {
      await pipeline(fs.createReadStream(file), res);
    } catch (err) {
      counters.failed += 1;
    }
    counters.served += 1;
  });
