const { createServer } = require('http');
const { pipeline } = require('stream/promises');

exports.serve = (rows) =>
  createServer(async (req, res) => {
    await pipeline(rows(req.url), res);
  });
