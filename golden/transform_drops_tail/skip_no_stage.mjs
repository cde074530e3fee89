import 'node:stream';

export class Lines {
  rest = '';

  _transform(chunk, encoding, callback) {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop();
    for (const line of lines) this.push(line);
    callback();
  }

  push(line) {
    console.log(line);
  }
}
