import fs from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

// What stays outside of a `try` does not see the constants in it.
export const hoisted = (mutex) =>
  createServer(async (req, res) => {
    const lock = await mutex.acquire();
    res.once('close', () => lock.release());
    const source = fs.createReadStream('file.bin');
    source.on('error', report);
    await pipeline(source, res).catch(() => {});
    function report() {
      console.error(source.path);
    }
  });

export const before = (mutex) =>
  createServer(async (req, res) => {
    const show = () => console.log(source.path);
    const lock = await mutex.acquire();
    res.once('close', () => lock.release());
    const source = fs.createReadStream('file.bin');
    show();
    await pipeline(source, res).catch(() => {});
  });
