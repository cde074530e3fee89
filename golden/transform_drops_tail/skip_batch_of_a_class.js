const util = require('util');
const { Transform } = require('stream');
const BatchBuffer = require('./batch');

function Batches(options) {
  Transform.call(this, options);
  this._batchBuffer = new BatchBuffer(options.size);
}

util.inherits(Batches, Transform);

Batches.prototype._transform = function (chunk, encoding, callback) {
  this._batchBuffer.addChunk(chunk, this._next.bind(this));
  callback();
};

Batches.prototype._next = function () {
  this.push(this._batchBuffer.all());
};

module.exports = Batches;
