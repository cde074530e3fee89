const through2 = require('through2');

module.exports = function lines() {
  let rest = '';
  return through2.obj(function (chunk, encoding, callback) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) this.push(line);
    callback();
  });
};
