const fs = require('node:fs');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');

exports.server = (file) =>
  http.createServer(async (req, res) => {
    const source = fs.createReadStream(file);
    try {
      await pipeline(source, res);
    } catch (err) {
      source.destroy(err);
      if (err.code !== 'ERR_STREAM_PREMATURE_CLOSE') console.error(err);
    }
  });
