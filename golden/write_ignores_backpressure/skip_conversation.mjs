import net from 'node:net';

net
  .createServer(async (socket) => {
    for await (const chunk of socket) {
      socket.write(chunk);
    }
  })
  .listen(7);
