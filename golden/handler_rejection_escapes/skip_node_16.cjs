const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

createServer(async (req, res) => {
  await pipeline(fs.createReadStream('file.bin'), res);
}).listen(8080);
