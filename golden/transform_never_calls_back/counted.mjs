import { Transform } from 'node:stream';

export const named = (log, left) =>
  new Transform({
    objectMode: true,
    transform(row, encoding, callback) {
      const { name } = row;
      if (!name) {
        left.push(row);
        log.warn('no name', row.id);
        return;
      }
      callback(null, name);
    },
  });
