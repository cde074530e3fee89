const fs = require('node:fs');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');

http.createServer(async (req, res) => {
  const source = fs.createReadStream('export.csv');
  const signal = AbortSignal.timeout(30000);
  try {
    await pipeline(source, res, { signal, end: false });
    res.end();
  } catch (err) {
    source.destroy();
    if (signal.aborted && !res.headersSent && !res.destroyed) {
      res.statusCode = 504;
      res.end();
    } else {
      res.destroy(err);
    }
  }
});
