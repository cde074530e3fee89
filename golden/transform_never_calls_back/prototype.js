var Writable = require('readable-stream').Writable;
var inherits = require('util').inherits;

function Log(levels) {
  Writable.call(this, { objectMode: true });
  this.levels = levels;
}

inherits(Log, Writable);

Log.prototype._write = function (entry, encoding, cb) {
  var level = entry.level;
  if (!this.levels[level]) return; // nobody wants to know
  this.levels[level].log(entry);
  cb();
};

module.exports = Log;
