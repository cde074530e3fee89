const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

// Neither of the two throws.
createServer(async (req, res) => {
  try {
    await pipeline(fs.createReadStream('file.bin'), res);
  } catch (err) {
    res.statusCode = 500;
    res.end();
  }
}).listen(8080);
