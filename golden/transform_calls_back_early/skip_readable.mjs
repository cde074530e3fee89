import { Readable } from 'node:stream';

export const rows = (load) =>
  new Readable({
    objectMode: true,
    read() {
      load().then((row) => this.push(row));
    },
  });
