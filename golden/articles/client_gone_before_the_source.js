const fs = require('node:fs');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const { allowed } = require('./access');

http.createServer(async (req, res) => {
  const file = await allowed(req);
  try {
    await pipeline(fs.createReadStream(file), res);
  } catch (err) {
    console.error(err);
  }
});
