const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

exports.serve = (counters) =>
  createServer(async (req, res) => {
    await pipeline(fs.createReadStream('file.bin'), res);
    counters.sent += 1;
  });
