import { once } from 'node:events';
import net from 'node:net';

/** A device that says a line and then does `talk(socket)`; `use(device)` when the line came. */
const device = (talk, use = () => {}) => async (subject, kit) => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.write('ready\n');
    // Only when the line was taken does it go on.
    socket.once('data', () => talk(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { socket, lines } = new subject.Device(server.address().port);
  const read = [];
  const over = (async () => {
    for await (const line of lines) {
      read.push(line);
      if (use(socket) === undefined) socket.write('go on\n');
    }
  })();
  kit.metric('read', () => read.join());
  kit.track(over);
};

export default {
  claim: 'whoever reads the lines hears that the socket is gone, however it went',
  scenarios: [
    {
      name: 'device resets the connection',
      fault: 'RST after its first line',
      run: device((socket) => socket.resetAndDestroy()),
      before: { settled: 'crash', exit: 1 },
      after: { rejected: 1, read: 'ready' },
    },
    {
      name: 'the socket is closed',
      fault: 'destroy() without an error by its owner after the first line',
      run: device(() => {}, (socket) => socket.destroy()),
      before: { settled: 'hang', pending: 1, undestroyed: 1 },
      after: { rejected: 1, read: 'ready' },
    },
    {
      name: 'no fault',
      fault: 'none: the device says its line and ends',
      run: device((socket) => socket.end()),
      before: { fulfilled: 1, undestroyed: 0, read: 'ready' },
      after: { fulfilled: 1, read: 'ready' },
    },
  ],
};
