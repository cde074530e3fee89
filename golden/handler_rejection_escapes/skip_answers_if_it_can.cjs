const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

createServer(async (req, res) => {
  try {
    await pipeline(fs.createReadStream('file.bin'), res);
  } catch (err) {
    if (!res.headersSent) res.writeHead(500);
    res.end();
  }
}).listen(8080);
