const fs = require('node:fs');

exports.has = function has(path, word) {
  return new Promise((resolve, reject) => {
    const source = fs.createReadStream(path);
    source.on('data', (chunk) => {
      if (chunk.includes(word)) resolve(true);
    });
    source.on('end', () => resolve(false));
    source.on('error', reject);
  });
};
