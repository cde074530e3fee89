const fs = require('node:fs');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const zlib = require('node:zlib');

http.createServer(async (req, res) => {
  const source = fs.createReadStream('export.csv');
  try {
    await pipeline(source, zlib.createGzip(), res);
  } catch (err) {
    source.destroy();
    if (res.errored !== null) console.error(err);
  }
});
