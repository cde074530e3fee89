const { createReadStream } = require('node:fs');
const { createServer } = require('node:http');
const { pipeline } = require('node:stream/promises');

process.on('uncaughtException', (err) => console.error(err));

createServer(async (req, res) => {
  await pipeline(createReadStream('file.bin'), res);
}).listen(8080);
