const fs = require('fs');

module.exports = (fd, callback) => {
  const header = Buffer.allocUnsafe(128);
  fs.read(fd, header, 0, header.length, 0, (err) => {
    if (err) return callback(err);
    callback(null, header);
  });
};
