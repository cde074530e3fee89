const fs = require('fs');
const { createHash, randomUUID } = require('crypto');

exports.save = (fd, name) => {
  const field = Buffer.allocUnsafe(100);
  field.write(name.padEnd(100, '\0'));
  fs.writeSync(fd, field);
  const sum = Buffer.allocUnsafe(64);
  sum.write(createHash('sha256').update(name).digest('hex'));
  fs.writeSync(fd, sum);
  const id = randomUUID();
  const line = Buffer.allocUnsafe(20);
  const dashes = '-'.repeat(20);
  line.write(dashes);
  fs.writeSync(fd, line);
  return id;
};
