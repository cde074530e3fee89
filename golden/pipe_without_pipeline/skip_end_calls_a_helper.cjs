const fs = require('fs');

module.exports = function copy(from, to, report) {
  const source = fs.createReadStream(from);
  source.on('error', (err) => report.fail(err)).on('end', report.done);
  source.pipe(fs.createWriteStream(to));
};
