import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

export const serve = (file, lock) =>
  createServer(async (req, res) => {
    const release = await lock();
    try {
      await pipeline(createReadStream(file), res);
    } finally {
      release();
    }
  });
