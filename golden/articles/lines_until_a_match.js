const fs = require('node:fs');
const readline = require('node:readline');

exports.first = async function first(path, word) {
  const input = fs.createReadStream(path);
  const lines = readline.createInterface({ input });
  for await (const line of lines) {
    if (line.includes(word)) return line;
  }
  return null;
};
