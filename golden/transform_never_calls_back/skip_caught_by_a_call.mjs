import { Transform } from 'node:stream';

export const rows = () =>
  new Transform({
    readableObjectMode: true,
    transform(line, encoding, callback) {
      let row;
      try {
        const text = line.toString();
        if (!text.trim()) return;
        row = JSON.parse(text);
      } catch (error) {
        return callback(error);
      }
      this.push(row);
      callback();
    },
  });
