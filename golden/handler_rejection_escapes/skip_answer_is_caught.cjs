const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

createServer(async (req, res) => {
  try {
    try {
      await pipeline(fs.createReadStream('file.bin'), res);
    } catch (err) {
      res.writeHead(500).end();
    }
  } catch (err) {
    console.error(err);
  }
}).listen(8080);
