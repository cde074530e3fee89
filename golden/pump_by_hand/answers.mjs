import http from 'node:http';
import { createReadStream } from 'node:fs';

http.createServer((req, res) => {
  const file = createReadStream('/srv/index.html');
  file.on('error', () => {
    res.statusCode = 404;
    res.end('not found');
  });
  file.on('data', (chunk) => res.write(chunk));
  file.on('end', () => res.end());
}).listen(8080);
