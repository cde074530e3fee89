const fs = require('node:fs');
const { once } = require('node:events');

exports.copy = async function copy(rows, path) {
  const out = fs.createWriteStream(path);
  for await (const row of rows) {
    out.write(JSON.stringify(row) + '\n');
  }
  out.end();
  await once(out, 'finish');
};
