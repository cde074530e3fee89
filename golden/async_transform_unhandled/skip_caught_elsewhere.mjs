import { Writable } from 'node:stream';

async function save(row, store) {
  try {
    await store(row);
  } catch (err) {
    console.error(err);
  }
}

export const saved = (store) =>
  new Writable({
    objectMode: true,
    async write(row, encoding, callback) {
      await save(row, store);
      await store(row.copy).catch(() => {});
      callback();
    },
  });
