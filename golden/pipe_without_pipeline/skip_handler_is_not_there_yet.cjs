const fs = require('fs');

module.exports = function copy(from, to, report) {
  const source = fs.createReadStream(from);
  source.pipe(fs.createWriteStream(to));
  const failed = report.begin(from);
  source.on('error', failed);
};
