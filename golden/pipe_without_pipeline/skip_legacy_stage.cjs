const fs = require('fs');
const through = require('through');

module.exports = (from, to) => new Promise((resolve, reject) => {
  const source = fs.createReadStream(from);
  const marked = through(function (chunk) {
    this.queue(chunk);
  });
  source.on('error', reject);
  source.pipe(marked).pipe(fs.createWriteStream(to)).on('finish', resolve).on('error', reject);
});
