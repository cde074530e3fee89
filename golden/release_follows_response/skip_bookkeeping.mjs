import fs from 'node:fs';
import http from 'node:http';
import { pipeline } from 'node:stream/promises';

let open = 0;
http.createServer(async (req, res) => {
  await Promise.resolve();
  open += 1;
  res.on('close', () => { open -= 1; });
  res.on('close', () => console.log('closed', req.url));
  res.on('finish', () => req.socket.setTimeout(0));
  const controller = new AbortController();
  res.on('close', () => controller.abort());
  const source = fs.createReadStream('.' + req.url);
  res.on('close', () => source.destroy());
  await pipeline(source, res);
}).listen(0);
