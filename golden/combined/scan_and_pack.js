const fs = require('node:fs');
const readline = require('node:readline');
const zlib = require('node:zlib');

exports.pack = async function pack(from, to, word) {
  const input = fs.createReadStream(from);
  const lines = readline.createInterface({ input });
  let found = false;
  for await (const line of lines) {
    if (line.includes(word)) {
      found = true;
      break;
    }
  }
  if (!found) return false;
  await new Promise((resolve, reject) => {
    fs.createReadStream(from)
      .pipe(zlib.createGzip())
      .pipe(fs.createWriteStream(to))
      .on('finish', resolve)
      .on('error', reject);
  });
  return true;
};
