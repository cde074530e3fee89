const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

// The catch also runs for a client that left, and must.
exports.serve = (pack) =>
  createServer(async (req, res) => {
    const file = await pack(req.url);
    try {
      await pipeline(fs.createReadStream(file), res);
    } catch (err) {
      console.error(err);
      fs.unlinkSync(file);
    }
  });
