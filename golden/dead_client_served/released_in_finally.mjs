import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream';

export const serve = (lock, log) =>
  createServer(async (req, res) => {
    const held = await lock();
    try {
      const source = createReadStream(held.file);
      pipeline(source, res, (err) => {
        if (err) log(err);
      });
    } catch (err) {
      log(err);
    } finally {
      held.release();
    }
  });
