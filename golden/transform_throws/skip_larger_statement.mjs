import { Transform } from 'node:stream';

export const visible = () =>
  new Transform({
    transform(line, encoding, callback) {
      if (JSON.parse(line).visible) {
        this.push(line);
      }
      callback();
    },
  });
