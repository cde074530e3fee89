const fs = require('node:fs');

exports.has = async function has(path, word) {
  const source = fs.createReadStream(path);
  for await (const chunk of source) {
    if (chunk.includes(word)) return true;
  }
  return false;
};
