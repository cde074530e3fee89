const { Minipass } = require('minipass');
const fs = require('fs');
const { pipeline } = require('stream');

module.exports = function feed(to) {
  const source = new Minipass();
  pipeline(source, fs.createWriteStream(to), (err) => {
    if (err) console.error(err);
  });
  return source;
};
