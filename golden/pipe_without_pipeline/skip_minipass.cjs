const { Minipass } = require('minipass');
const fs = require('fs');

module.exports = function feed(to) {
  const source = new Minipass();
  source.pipe(fs.createWriteStream(to));
  return source;
};
