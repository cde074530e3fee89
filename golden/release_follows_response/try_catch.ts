import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

interface Lock { unlock(): Promise<void> }

export const serve = (lock: (url: string) => Promise<Lock>) =>
  createServer(async (req, res) => {
    const held = await lock(req.url ?? '/');
    res.once('finish', () => void held.unlock());
    try {
      res.statusCode = 200;
      await pipeline(createReadStream('.' + req.url), res);
    } catch (err) {
      console.error(err);
    }
  });
