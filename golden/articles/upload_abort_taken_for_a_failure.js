const fs = require('node:fs');
const http = require('node:http');
const { pipeline } = require('node:stream/promises');
const zlib = require('node:zlib');

http.createServer(async (req, res) => {
  try {
    await pipeline(req, zlib.createGzip(), fs.createWriteStream('upload.gz'));
    res.end('stored');
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      console.log('client_disconnect');
    } else {
      console.error('processing_error', err);
    }
  }
});
