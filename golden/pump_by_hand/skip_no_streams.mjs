import net from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { Parser } from 'htmlparser2';
import { createHash } from 'node:crypto';
import fs from 'node:fs';

export function listen(feeder, connection, log) {
  const parser = new Parser({});
  const decoder = new StringDecoder('utf8');
  const hash = createHash('md5');
  const source = fs.createReadStream('page.html');
  source.on('data', (chunk) => parser.write(chunk));
  source.on('end', () => parser.end());
  source.on('data', (chunk) => decoder.write(chunk));
  source.on('data', (chunk) => {
    log.bytes += chunk.length;
    hash.write(chunk);
  });
  feeder.on('data', (line) => connection.write(line));
  feeder.on('data', (line) => {
    connection.write(`${line}\n`);
  });

  net.createServer((socket) => {
    socket.on('data', (chunk) => socket.write(chunk));
    socket.on('data', (line) => {
      if (String(line) === 'HELO') socket.write('250 OK\r\n');
    });
  });
}
