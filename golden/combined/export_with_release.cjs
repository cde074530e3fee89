const fs = require('node:fs');
const http = require('node:http');
const zlib = require('node:zlib');

exports.server = (file, slots) =>
  http.createServer((req, res) => {
    const slot = slots.take();
    res.on('close', () => slot.release());
    fs.createReadStream(file).pipe(zlib.createGzip({ level: 0 })).pipe(res);
  });
