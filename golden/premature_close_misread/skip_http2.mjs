import { createReadStream } from 'node:fs';
import http2 from 'node:http2';
import { pipeline } from 'node:stream/promises';

http2.createServer(async (req, res) => {
  try {
    await pipeline(createReadStream(process.env.FILE), res);
  } catch (err) {
    if (err.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    console.error(err);
  }
}).listen();
