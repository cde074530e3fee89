import { createServer } from 'node:http';
import { createReadStream } from 'node:fs';

const page = createReadStream('index.html');

createServer((req, res) => {
  page.pipe(res);
});
