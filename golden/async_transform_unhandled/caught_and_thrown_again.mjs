import { Transform } from 'node:stream';

export const looked = (look, log) =>
  new Transform({
    objectMode: true,
    async transform(row, encoding, callback) {
      const found = await look(row).catch((error) => {
        log(error);
        throw error;
      });
      callback(null, found);
    },
  });
