import { Transform } from 'node:stream';

export const parsed = () =>
  new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      String(chunk)
        .split('\n')
        .forEach((line) => {
          this.push(JSON.parse(line));
        });
      callback();
    },
  });
