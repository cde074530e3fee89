const fs = require('fs');
const through = require('through');

function number(file, out) {
  let line = 0;
  return fs.createReadStream(file).pipe(through(function (chunk) {
    this.queue(++line + chunk);
  }));
}

module.exports = number;
