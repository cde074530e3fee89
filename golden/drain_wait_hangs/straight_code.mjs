import net from 'node:net';
import { once } from 'node:events';

export async function greet(port, name) {
  const socket = net.connect(port);
  socket.write(`HELO ${name}\r\n`) || await once(socket, 'drain');
  if (name && !socket.write('MAIL\r\n')) await once(socket, 'drain');
  if (socket.write('QUIT\r\n')) {
    console.log('sent at once');
  } else {
    await once(socket, 'drain');
  }
  socket.end();
}
