const fs = require('fs');
const readline = require('readline');

async function find(files, words) {
  const found = [];
  for (const file of files) {
    const stream = fs.createReadStream(file);
    stream.on('error', (err) => found.push(err));
    const rl = readline.createInterface({ input: stream });
    lines: for await (const line of rl) {
      for (const word of words) {
        if (!line.includes(word)) continue lines;
        found.push(`${file}
          ${line}`);
        break lines;
      }
    }
  }
  return found;
}

module.exports = { find };
