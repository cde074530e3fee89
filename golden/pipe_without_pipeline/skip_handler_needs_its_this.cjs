const fs = require('fs');

module.exports = function copy(from, to, failed) {
  fs.createReadStream(from)
    .on('error', failed)
    .pipe(fs.createWriteStream(to))
    .on('error', function (err) {
      failed(err, this.path);
    });
};
