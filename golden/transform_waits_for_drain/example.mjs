import { Transform } from 'node:stream';

export class Lines extends Transform {
  constructor() {
    super({ objectMode: true });
    this.rest = '';
    this._paused = false;
  }

  _transform(chunk, encoding, callback) {
    this.rest += chunk.toString();
    const lines = this.rest.split('\n');
    this.rest = lines.pop();
    for (const line of lines) {
      const more = this.push(line.trim());
      if (!more) {
        this._paused = true;
        this.once('drain', () => {
          this._paused = false;
          this._goOn(callback);
        });
        return;
      }
    }
    callback();
  }

  _flush(callback) {
    if (this.rest) this.push(this.rest.trim());
    callback();
  }

  _goOn(callback) {
    callback();
  }
}
