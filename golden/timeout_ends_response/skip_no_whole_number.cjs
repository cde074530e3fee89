const { createReadStream } = require('node:fs');
const { createServer } = require('node:http');

// A timer makes something of each of these; AbortSignal.timeout() throws.
createServer((req, res) => {
  setTimeout(() => res.end(), +req.headers['x-limit'] || 1000);
  createReadStream('file.bin').pipe(res);
}).listen(8080);

createServer((req, res) => {
  setTimeout(() => res.end(), Infinity);
  createReadStream('file.bin').pipe(res);
}).listen(8081);

createServer((req, res) => {
  setTimeout(() => res.end(), 1.0005 * 1000);
  createReadStream('file.bin').pipe(res);
}).listen(8082);

createServer((req, res) => {
  setTimeout(() => res.end(), '5000');
  createReadStream('file.bin').pipe(res);
}).listen(8083);
