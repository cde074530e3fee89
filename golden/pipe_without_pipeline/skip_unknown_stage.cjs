const fs = require('fs');

module.exports = function save(entry, sink) {
  entry.stream.pipe(sink);
  fs.mkdirSync('done');
};
