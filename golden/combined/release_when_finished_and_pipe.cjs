const fs = require('node:fs');
const http = require('node:http');
const { finished } = require('node:stream/promises');
const slots = require('./slots.cjs');

exports.server = (file) =>
  http.createServer(async (req, res) => {
    const slot = await slots.acquire();
    const source = fs.createReadStream(file);
    finished(source).then(() => slot.release());
    source.pipe(res);
  });
