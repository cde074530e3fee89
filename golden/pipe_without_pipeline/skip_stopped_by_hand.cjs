const fs = require('fs');

module.exports = function play(from, to) {
  const source = fs.createReadStream(from);
  source.pipe(fs.createWriteStream(to));
  return () => source.destroy();
};
