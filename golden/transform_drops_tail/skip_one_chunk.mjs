import { Transform } from 'node:stream';

export const lines = () =>
  new Transform({
    transform(chunk, encoding, callback) {
      const lines = String(chunk).split('\n');
      const last = lines.pop();
      for (const line of lines) this.push(line);
      callback(null, last);
    },
  });
