const fs = require('node:fs');

exports.copy = function copy(from, to) {
  const source = fs.createReadStream(from);
  const out = fs.createWriteStream(to);
  source.on('data', (chunk) => out.write(chunk));
  source.on('end', () => out.end());
};
