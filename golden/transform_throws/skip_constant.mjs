import { Transform } from 'node:stream';

export const marked = () =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      const copy = JSON.parse(JSON.stringify(row));
      copy.marks = JSON.parse('[]');
      callback(null, copy);
    },
  });
