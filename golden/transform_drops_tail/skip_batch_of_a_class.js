const util = require('util');
const { Transform } = require('stream');
const Batch = require('./batch');

function Batches(options) {
  Transform.call(this, options);
  this._batch = new Batch(options.size);
}

util.inherits(Batches, Transform);

Batches.prototype._transform = function (chunk, encoding, callback) {
  this._batch.addChunk(chunk, this._next.bind(this));
  callback();
};

Batches.prototype._next = function () {
  this.push(this._batch.all());
};

module.exports = Batches;
