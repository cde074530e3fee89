const fs = require('node:fs');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');

async function* shout(chunks) {
  for await (const chunk of chunks) yield chunk.toString('latin1').toUpperCase();
}

exports.server = (file, ms) =>
  http.createServer(async (req, res) => {
    setTimeout(() => res.end(), ms);
    const source = fs.createReadStream(file);
    try {
      await pipeline(source, shout, res);
    } catch (err) {
      console.error(err);
    }
  });
