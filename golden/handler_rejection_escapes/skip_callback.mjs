import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream';

createServer((req, res) => {
  pipeline(createReadStream('file.bin'), res, () => {});
}).listen(8080);
