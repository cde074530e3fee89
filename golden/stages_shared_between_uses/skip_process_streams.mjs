import { createServer } from 'node:http';
import { createWriteStream } from 'node:fs';

const out = createWriteStream('all.txt', { flags: 'a' });

export const server = createServer((req, res) => {
  req.pipe(out, { end: false });
  req.on('end', () => res.end());
});
