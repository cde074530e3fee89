import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';

const running = new Set();

createServer((req, res) => {
  const done = pipeline(createReadStream('file.bin'), res);
  running.add(done);
  done.finally(() => running.delete(done)).catch(() => {});
}).listen(8080);
