const { ReadlineParser } = require('serialport');
const net = require('net');
const { Transform } = require('stream');

class Lines extends Transform {}

class Device {
  constructor(port) {
    this.socket = net.connect(port);
    this.lines = new Lines();
    this.socket.pipe(this.lines);
  }
}

module.exports = { Device, ReadlineParser };
