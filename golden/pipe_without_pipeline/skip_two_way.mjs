import net from 'node:net';

export const proxy = net.createServer({ allowHalfOpen: true }, (client) => {
  const remote = net.connect(Number(process.env.REMOTE));
  client.pipe(remote);
  remote.pipe(client);
});
