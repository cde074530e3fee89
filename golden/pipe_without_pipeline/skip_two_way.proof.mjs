import { once } from 'node:events';
import net from 'node:net';

/** A remote that does `talk(socket)`, the subject's proxy before it, and one client. */
const splice = (talk, client) => async (subject, kit) => {
  const remotes = [];
  const remote = net.createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    remotes.push(socket);
    talk(socket);
  });
  remote.listen(0, '127.0.0.1');
  await once(remote, 'listening');
  process.env.REMOTE = remote.address().port;
  if (talk === nobody) remote.close();
  subject.proxy.listen(0, '127.0.0.1');
  await once(subject.proxy, 'listening');
  const ours = [];
  subject.proxy.on('connection', (socket) => ours.push(socket));
  const socket = net.connect({ port: subject.proxy.address().port, allowHalfOpen: true });
  socket.on('error', () => {});
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  client(socket);
  await kit.quiet();
  kit.metric('got', got);
  // Both ends that the proxy holds: what `.pipe` leaves open is seen here, not only its own socket.
  kit.metric('held', ours.filter((each) => !each.destroyed).length);
  kit.metric('remoteHeld', remotes.filter((each) => !each.destroyed).length);
  socket.destroy();
  for (const each of remotes) each.destroy();
};

const nobody = () => {};
const echo = (socket) => {
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  socket.on('end', () => socket.end(`you said ${said}`));
};

const welcome = (socket) => {
  socket.write('welcome');
  socket.on('end', () => socket.end()).resume();
};

export default {
  claim: 'half-closing still works, and when one side breaks, neither stays open',
  scenarios: [
    {
      name: 'no fault',
      fault: 'none: the client says its word, closes its half, and the remote answers to that',
      run: splice(echo, (socket) => socket.end('hello')),
      before: { got: 'you said hello', held: 0, remoteHeld: 0 },
      after: { got: 'you said hello', held: 0, remoteHeld: 0 },
    },
    {
      name: 'remote resets the connection',
      fault: 'RST as soon as it hears a word',
      run: splice(
        (socket) => socket.once('data', () => socket.resetAndDestroy()),
        (socket) => socket.write('hello'),
      ),
      before: { settled: 'crash' },
      after: { held: 0, remoteHeld: 0 },
    },
    {
      name: 'nobody listens there',
      fault: 'ECONNREFUSED',
      run: splice(nobody, (socket) => socket.write('hello')),
      before: { settled: 'crash' },
      after: { held: 0 },
    },
    {
      name: 'client resets the connection',
      fault: 'RST as soon as it hears a word',
      run: splice(
        welcome,
        (socket) => socket.once('data', () => socket.resetAndDestroy()),
      ),
      before: { settled: 'crash' },
      after: { held: 0, remoteHeld: 0 },
    },
  ],
};
