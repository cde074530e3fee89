import { Writable } from 'node:stream';

export const printed = (print) =>
  new Writable({
    write(line, encoding, callback) {
      print(line.toString());
      callback();
    },
  });
