import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

export const serve = (find) =>
  createServer(async (req, res) => {
    const file = await find(req.url);
    await pipeline(createReadStream(file), res).catch(console.error);
  });
