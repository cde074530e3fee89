const fs = require('fs');
const http = require('http');
const zlib = require('zlib');

const held = { fd: fs.openSync('page.html') };
const page = fs.createReadStream('', { fd: held.fd });
const settings = () => JSON.parse(fs.readFileSync('settings.json'));
const gzip = zlib.createGzip(settings()).setEncoding('hex');

http.createServer((req, res) => {
  page.pipe(res);
});
http.createServer((req, res) => {
  req.pipe(gzip).pipe(res);
});
