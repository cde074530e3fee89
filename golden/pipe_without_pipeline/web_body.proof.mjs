import http from 'node:http';
import { once } from 'node:events';

/** A remote that sends bytes until nobody takes them, the subject before it, and a client. */
const proxied = (speak, client = {}) => async (subject, kit) => {
  const open = new Set();
  const remote = http.createServer((req, res) => {
    open.add(res);
    res.once('close', () => open.delete(res));
    speak(res);
  });
  const sockets = new Set();
  remote.on('connection', (socket) => sockets.add(socket));
  remote.listen(0, '127.0.0.1');
  await once(remote, 'listening');
  process.env.REMOTE = `http://127.0.0.1:${remote.address().port}/`;
  await kit.client(await kit.serve(subject.default), client);
  await kit.quiet();
  kit.metric('remoteHeld', open.size);
  // What fetch keeps for the next request is none of the subject's.
  const busy = new Set([...open].map((res) => res.socket));
  for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
};

const CHUNK = Buffer.alloc(65536, 'x');
const endless = (res) => {
  const more = () => {
    while (!res.destroyed && res.write(CHUNK));
  };
  res.on('drain', more);
  more();
};

export default {
  claim: 'when the client leaves, the connection to the remote is closed',
  scenarios: [
    {
      name: 'client leaves in the middle',
      fault: 'the client closes after 20 kB of an endless answer',
      run: proxied(endless, { leaveAfter: 20000 }),
      before: { settled: 'ok', undestroyed: '>0', remoteHeld: 1 },
      after: { remoteHeld: 0, logged: 0 },
    },
    {
      name: 'source fails in the middle',
      fault: 'the remote destroys its answer after 64 kB',
      run: proxied((res) => {
        res.write(CHUNK);
        setTimeout(() => res.destroy(), 50);
      }),
      before: { settled: 'crash', exit: 1 },
      after: { client: 'cut', remoteHeld: 0, logged: 1 },
    },
    {
      name: 'no fault',
      fault: 'none',
      run: proxied((res) => res.end(CHUNK)),
      before: { client: 'complete', remoteHeld: 0, logged: 0 },
      after: { client: 'complete', remoteHeld: 0, logged: 0 },
    },
  ],
};
