const { SerialPort, ReadlineParser } = require('serialport');

class Meter {
  constructor(path) {
    this.port = new SerialPort({ path, baudRate: 9600 });
    this.lines = this.port.pipe(new ReadlineParser());
  }
}

module.exports = Meter;
