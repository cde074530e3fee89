const net = require('node:net')

module.exports = (port) => {
  const socket = net.connect(port)
  const meter = setInterval(() => console.error('sent', socket.bytesWritten), 1000) // each second
  return socket
}
