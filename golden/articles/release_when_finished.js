const fs = require('node:fs');
const { finished } = require('node:stream/promises');
const lock = require('./lock');

exports.read = function read(path) {
  const source = fs.createReadStream(path);
  finished(source).then(() => lock.release());
  return source;
};
