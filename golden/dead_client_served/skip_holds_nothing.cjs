const { createServer } = require('http');
const { Readable } = require('stream');
const { pipeline } = require('stream/promises');

exports.serve = (rows) =>
  createServer(async (req, res) => {
    const all = await rows(req.url);
    await pipeline(Readable.from(all), res).catch(console.error);
  });
// createReadStream would hold a file
