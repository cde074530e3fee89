import { Transform } from 'node:stream';

export const packed = (pack) =>
  new Transform({
    transform(chunk, encoding, callback) {
      pack(chunk).then(({ head, body }) => {
        this.push(head);
        this.push(body);
      });
      callback();
    },
  });
