var Transform = require('stream').Transform;
var inherits = require('util').inherits;
function Gate() { Transform.call(this); this.halted = false; }
inherits(Gate, Transform);
Gate.prototype._transform = function (chunk, enc, cb) {
  var self = this;
  if (self.halted) return;
  self.push(chunk);
  cb();
};
module.exports = Gate;
