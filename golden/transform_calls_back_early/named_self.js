var Transform = require('stream').Transform;
var inherits = require('util').inherits;

function Rows() {
  Transform.call(this, { objectMode: true });
}

inherits(Rows, Transform);

Rows.prototype._transform = function (id, enc, cb) {
  var self = this;
  if (!id) return cb();
  self.load(id).then(function (row) {
    self.push(row);
  }).catch(cb);
  cb();
};

module.exports = Rows;
