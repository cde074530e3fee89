import { Transform } from 'node:stream';

export class Lines extends Transform {
  constructor() {
    super({ readableObjectMode: true });
    this.rest = '';
  }

  _transform(chunk, encoding, callback) {
    this.rest += chunk;
    const lines = this.rest.split('\n');
    this.rest = lines.pop();
    for (const line of lines) {
      this.push(line.trim().toUpperCase());
    }
    callback();
  }
}
