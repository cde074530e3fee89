import net from 'node:net';

export async function ship(lines, answers) {
  const socket = net.connect(9000, '127.0.0.1');
  socket.on('error', answers).on('data', answers);
  for await (const line of lines) {
    socket.write(`${line}\n`);
  }
  socket.end();
}
