const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

// That every client who leaves ends the process is the worse fault, and its cure closes the source.
exports.serve = (find) =>
  createServer(async (req, res) => {
    const file = await find(req.url);
    await pipeline(fs.createReadStream(file), res);
  });
