import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const download = (slots) => async (req, res) => {
  const slot = slots.take();
  res.on('close', () => slot.release());
  await pipeline(fs.createReadStream('.' + req.url), res);
};
