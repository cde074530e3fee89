import net from 'node:net';

export const proxy = net.createServer((client) => {
  const remote = net.connect(5432);
  client.pipe(remote);
  remote.pipe(client);
});
