import { createServer } from 'node:net';

createServer((socket) => {
  const banner = Buffer.allocUnsafe(256);
  banner.write('ready');
  socket.end(banner);
}).listen(4000);
