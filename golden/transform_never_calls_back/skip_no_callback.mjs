import { Writable } from 'node:stream';

export const table = (rows) =>
  new Writable({
    write(chunk) {
      rows.push(chunk.toString());
    },
    final() {
      rows.end();
    },
  });
