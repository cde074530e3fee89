const fs = require('fs');

// Inside the package itself, what it hands to a writable need not be a stream.
exports.save = function save(stream, file) {
  stream.pipe(fs.createWriteStream(file));
};
