const fs = require('fs');

module.exports = function twice(from, one, other, log) {
  const source = fs.createReadStream(from);
  source.on('data', log).pipe(fs.createWriteStream(one));
  source.on('end', log).pipe(fs.createWriteStream(other));
};
