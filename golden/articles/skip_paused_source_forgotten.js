const fs = require('node:fs');

exports.copy = function copy(from, to) {
  const source = fs.createReadStream(from);
  const out = fs.createWriteStream(to);
  source.on('data', (chunk) => {
    if (!out.write(chunk)) {
      source.pause();
      out.once('drain', () => source.resume());
    }
  });
  source.on('end', () => out.end());
  source.on('error', (err) => out.destroy(err));
  out.on('error', (err) => source.destroy(err));
};
