const fs = require('fs');
const { createServer } = require('http');
const stream = require('stream');
const { pipeline } = require('stream/promises');

exports.serve = (pack) =>
  createServer(async (req, res) => {
    const { file, release } = await pack(req.url);
    if (req.method === 'GET') {
      return pipeline(fs.createReadStream(file), res).catch(console.error).finally(release);
    }
    stream.pipeline(fs.createReadStream(file), res, () => release());
  });
