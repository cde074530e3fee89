const fs = require('node:fs');
const { once } = require('node:events');

exports.copy = async function copy(rows, path) {
  const out = fs.createWriteStream(path);
  for await (const row of rows) {
    if (!out.write(row)) {
      const ac = new AbortController();
      try {
        await Promise.race([
          once(out, 'drain', { signal: ac.signal }),
          once(out, 'error', { signal: ac.signal }).then(([err]) => {
            throw err;
          }),
        ]);
      } finally {
        ac.abort();
      }
    }
  }
  out.end();
  await once(out, 'finish');
};
