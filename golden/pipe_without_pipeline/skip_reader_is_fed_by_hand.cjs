const fs = require('fs');
const { PassThrough } = require('stream');

module.exports = function open(from, timeout) {
  const out = new PassThrough();
  const source = fs.createReadStream(from);
  source.on('error', (err) => out.destroy(err));
  source.pipe(out);
  setTimeout(() => out.end(), timeout);
  return out;
};
