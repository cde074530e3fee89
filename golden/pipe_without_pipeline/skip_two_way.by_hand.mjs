import net from 'node:net';
import { pipeline } from 'node:stream';

export const proxy = net.createServer({ allowHalfOpen: true }, (client) => {
  const remote = net.connect(Number(process.env.REMOTE));
  const done = (err) => {
    if (err) console.error(err.message);
  };
  pipeline(client, remote, done);
  pipeline(remote, client, done);
});
