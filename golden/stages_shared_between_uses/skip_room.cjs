// What one says goes to all: the stream is not ended with any of them.
const net = require('net');
const { PassThrough } = require('stream');

const room = new PassThrough();

net.createServer((socket) => {
  socket.pipe(room, { end: false }).pipe(socket);
});
