import { WebSocket } from 'ws';
import { Server } from 'engine.io';

export async function chat(url, words) {
  const socket = new WebSocket(url);
  for (const word of words) {
    socket.send(word);
    if (socket.bufferedAmount > 1024) await new Promise((resolve) => socket.once('drain', resolve));
  }
}

new Server().on('connection', async (socket) => {
  socket.send('welcome');
  await new Promise((resolve) => socket.once('drain', resolve));
  socket.close();
});
