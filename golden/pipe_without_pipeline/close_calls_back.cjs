const fs = require('fs');

module.exports = function copy(from, to, callback) {
  fs.createReadStream(from).pipe(fs.createWriteStream(to)).on('close', callback);
};
