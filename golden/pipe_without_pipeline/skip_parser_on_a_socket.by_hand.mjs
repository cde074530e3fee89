import { connect } from 'node:net';
import { Transform, pipeline } from 'node:stream';

class Lines extends Transform {
  _transform(chunk, encoding, callback) {
    for (const line of String(chunk).trim().split('\n')) this.push(line);
    callback();
  }
}

export class Device {
  constructor(port) {
    this.socket = connect(port, '127.0.0.1');
    this.lines = new Lines({ readableObjectMode: true });
    pipeline(this.socket, this.lines, (err) => {
      this.failure = err;
    });
  }
}
