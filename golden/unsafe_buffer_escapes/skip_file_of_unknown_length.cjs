const fs = require('fs');

module.exports = (fd, size) => {
  const bytes = Buffer.allocUnsafe(size);
  fs.readSync(fd, bytes, 0, size, 0);
  return bytes;
};
