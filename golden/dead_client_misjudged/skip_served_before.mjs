import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

// Once a pipeline into it has failed, the response is destroyed whoever was to blame.
createServer(async (req, res) => {
  try {
    await pipeline(createReadStream('file.bin'), res);
  } catch (err) {
    if (req.destroyed) return;
    console.error(err, res.statusCode);
  }
}).listen(8080);
