import net from 'node:net';

net
  .createServer((client) => {
    const server = net.connect(9000);
    client.on('data', (chunk) => server.write(chunk));
    client.on('end', () => server.end());
    server.on('data', (chunk) => client.write(chunk));
    server.on('end', () => client.end());
  })
  .listen(8000);
