const fs = require('fs');
const { PassThrough } = require('stream');

module.exports = function open(from) {
  const out = new PassThrough();
  const source = fs.createReadStream(from);
  source.on('error', () => out.end());
  source.pipe(out);
  return out;
};
