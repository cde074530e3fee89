import { Writable } from 'node:stream';

export const rows = (validate) =>
  new Writable({
    objectMode: true,
    write(row, encoding, callback) {
      const found = validate(row);
      if (found instanceof TypeError) return;
      callback();
    },
  });
