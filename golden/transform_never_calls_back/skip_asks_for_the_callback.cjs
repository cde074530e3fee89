const { Writable } = require('stream');
const { inherits } = require('util');

function Strings() {
  Writable.call(this);
  this.strings = [];
}

inherits(Strings, Writable);

Strings.prototype._write = function (chunk, encoding, callback) {
  this.strings.push(chunk.toString());
  if (typeof callback === 'function') callback();
};

module.exports = Strings;
