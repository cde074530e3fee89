const fs = require('node:fs');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const { allowed } = require('./access');

http.createServer(async (req, res) => {
  const file = await allowed(req);
  const source = fs.createReadStream(file);
  try {
    await pipeline(source, res);
  } catch (err) {
    source.destroy();
    if (res.errored !== null) console.error(err);
  }
});
