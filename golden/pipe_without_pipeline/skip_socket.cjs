const fs = require('fs');
const net = require('net');

net.createServer((socket) => {
  fs.createReadStream('greeting.txt').pipe(socket);
}).listen(7);
