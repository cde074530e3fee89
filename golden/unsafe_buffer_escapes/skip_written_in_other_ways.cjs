const fs = require('fs');

exports.computed = (fd, way) => {
  const bytes = Buffer.allocUnsafe(8);
  bytes[way](0);
  fs.writeSync(fd, bytes);
};

exports.pattern = (fd, pair) => {
  const bytes = Buffer.allocUnsafe(2);
  [bytes[0], bytes[1]] = pair;
  fs.writeSync(fd, bytes);
};

exports.looped = (fd, values) => {
  const bytes = Buffer.allocUnsafe(1);
  for (bytes[0] of values);
  fs.writeSync(fd, bytes);
};
