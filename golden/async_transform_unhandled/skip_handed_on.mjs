import { Transform } from 'node:stream';

async function indexed(callback, row) {
  try {
    callback(null, await row.index());
  } catch (err) {
    callback(err);
  }
}

export const index = () =>
  new Transform({
    objectMode: true,
    transform: async (row, encoding, callback) => indexed(callback, row),
  });
