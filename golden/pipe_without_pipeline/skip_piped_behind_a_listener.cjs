const fs = require('fs');

module.exports = function copies(from, one, other) {
  const source = fs.createReadStream(from);
  source.on('open', () => console.log(from)).pipe(fs.createWriteStream(one));
  source.pipe(fs.createWriteStream(other));
};
