const fs = require('node:fs');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const { allowed } = require('./access');

http.createServer(async (req, res) => {
  await allowed(req);
  const source = fs.createReadStream('export.csv');
  try {
    await pipeline(source, res);
  } catch (err) {
    console.error(err);
  }
});
