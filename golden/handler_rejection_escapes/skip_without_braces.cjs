const fs = require('fs');
const { createServer } = require('http');
const { pipeline } = require('stream/promises');

createServer((req, res) => pipeline(fs.createReadStream('file.bin'), res)).listen(8080);
