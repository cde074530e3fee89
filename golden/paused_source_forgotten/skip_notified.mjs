import net from 'node:net';
import { createWriteStream } from 'node:fs';

export function watch(manager, rows) {
  const socket = net.connect(9000);
  socket.on('drain', () => manager.onDrain());
  socket.once('drain', () => {});
  socket.write(rows.shift());

  const out = createWriteStream('/tmp/rows');
  out.once('drain', () => console.log('drained'));
  out.write('rows\n');
}
