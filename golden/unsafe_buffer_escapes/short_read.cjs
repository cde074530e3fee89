const fs = require('node:fs');

// The head of a file, by which its type is told.
module.exports.head = (path) => {
  const fd = fs.openSync(path, 'r');
  try {
    const head = Buffer.allocUnsafe(1024);
    fs.readSync(fd, head, 0, 1024, 0);
    return head;
  } finally {
    fs.closeSync(fd);
  }
};
