import net from 'node:net';

export async function echo(lines) {
  const socket = net.connect(7, '127.0.0.1');
  socket.on('error', console.error);
  for await (const line of lines) {
    socket.write(`${line}\n`);
  }
  socket.end();
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}
