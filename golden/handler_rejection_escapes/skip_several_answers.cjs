const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

createServer(async (req, res) => {
  try {
    await pipeline(fs.createReadStream('file.bin'), res);
  } catch (err) {
    res.writeHead(500);
    res.end('failed');
  }
}).listen(8080);
