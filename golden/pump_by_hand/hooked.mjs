import http from 'node:http';
import { createReadStream } from 'node:fs';

http.createServer((req, res) => {
  const file = createReadStream('/srv/film.mp4');
  res.on('close', () => file.destroy());
  file.on('data', (chunk) => res.write(chunk));
  file.on('end', () => {
    // nothing may be given to end(): it would become part of the film
    res.end();
  });
}).listen(8080);
