import { createServer } from 'node:http';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const server = createServer(async (req, res) => {
  try {
    const source = createReadStream(process.env.FILE);
    await pipeline(source, res);
  } catch (e) {
    // People close tabs.
    if (e.code !== "ERR_STREAM_PREMATURE_CLOSE" && e.code !== "ECONNRESET") throw e;
  }
});
