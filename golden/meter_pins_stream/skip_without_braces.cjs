const fs = require('fs');

module.exports = (path, verbose) => {
  const out = fs.createWriteStream(path);
  if (verbose) setInterval(() => console.log(out.writableLength), 1000);
  return out;
};
