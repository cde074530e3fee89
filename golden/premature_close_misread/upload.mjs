import fs from 'node:fs';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';

export const server = http.createServer(async (req, res) => {
  try {
    await pipeline(req, fs.createWriteStream(process.env.TO));
    res.end('saved');
  } catch (error) {
    if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      console.log('upload aborted by the client');
    } else {
      console.error('processing error', error);
      res.statusCode = 500;
      res.end();
    }
  }
});
