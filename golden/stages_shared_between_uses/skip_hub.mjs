// What all requests send is written to one log, and one stream goes to all who listen.
import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import { createWriteStream } from 'node:fs';

const log = new PassThrough();
log.pipe(createWriteStream('log.txt'));
const radio = new PassThrough();

export const server = createServer((req, res) => {
  if (req.method === 'POST') req.pipe(log, { end: false });
  else radio.pipe(res);
});
